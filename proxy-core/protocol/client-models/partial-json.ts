/**
 * LangChain's parse_partial_json: closes what is open, and cuts from the end until something parses. So
 * truncated arguments run as if they were whole, and two objects in a row run as the first.
 */
import { isObject, parseJson } from '../json.ts';

/** The JSON text that is taken for the arguments; undefined when no object comes of it. */
export function completeJson(text: string): string | undefined {
  if (text === '') return '{}';
  if (parseJson(text) !== undefined) return isObject(parseJson(text)) ? text : undefined;
  const stack: string[] = [];
  let isString = false;
  let isEscaped = false;
  let characters = '';
  for (const char of text) {
    if (isString) {
      if (char === '"' && !isEscaped) isString = false;
      isEscaped = char === '\\' && !isEscaped;
    } else if (char === '"') {
      isString = true;
      isEscaped = false;
    } else if (char === '{') stack.push('}');
    else if (char === '[') stack.push(']');
    else if (char === '}' || char === ']') {
      if (stack.at(-1) !== char) return undefined;
      stack.pop();
    }
    characters += char;
  }
  if (isString) characters += isEscaped ? '' : '"';
  const closers = stack.toReversed().join('');
  for (let end = characters.length; end > 0; end--) {
    const candidate = characters.slice(0, end) + closers;
    if (parseJson(candidate) !== undefined) return isObject(parseJson(candidate)) ? candidate : undefined;
  }
  return undefined;
}
