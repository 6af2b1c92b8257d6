/**
 * How openai-python reads a stream, quirks included: once a frame had an `id:` line, every block without
 * data (a comment, say) is dispatched too and fails to parse; an object with a truthy `error` raises; a
 * last frame without its empty line is never seen. Field names are compared bytewise, so a byte order
 * mark only costs the first line.
 */
import { asObject, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import { findPythonJsonError } from './python-json.ts';
import { ClientFault } from './run-steps.ts';

/** @throws ClientFault with what openai-python raises; `toFault` words it for clients that wrap it. */
export function* readPythonEvents(text: string, faults: PythonFaults = defaultFaults): Generator<JsonObject> {
  for (const data of dispatch(text)) {
    if (data.startsWith('[DONE]')) return;
    const problem = findPythonJsonError(data);
    if (problem !== undefined) throw new ClientFault(faults.json(problem));
    const value = parseJson(data);
    const error = isObject(value) ? value['error'] : undefined;
    if (error) {
      const message = asString(asObject(error)['message']);
      throw new ClientFault(faults.api(message || 'An error occurred during streaming', error));
    }
    yield isObject(value) ? value : {};
  }
}

export interface PythonFaults {
  json(problem: string): string;
  api(message: string, body: unknown): string;
}
const defaultFaults: PythonFaults = { json: (problem) => `JSONDecodeError: ${problem}`, api: (message) => `APIError: ${message}` };

function* dispatch(text: string): Generator<string> {
  let data: string[] = [];
  let hasEvent = false;
  let hasId = false;
  let hasRetry = false;
  const lines = text.split(/\r\n|\n|\r/);
  // What follows the last line end is no line that ends.
  lines.pop();
  for (const line of lines) {
    if (line === '') {
      if (hasEvent || data.length > 0 || hasId || hasRetry) yield data.join('\n');
      data = [];
      hasEvent = false;
      hasRetry = false;
      continue;
    }
    if (line.startsWith(':')) continue;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') hasEvent = value !== '';
    else if (field === 'id') hasId = value !== '';
    else if (field === 'retry') hasRetry = /^\d+$/.test(value);
  }
}

/** `'text'`, `None`: a value the way Python prints it in a message. */
export function toPython(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(toPython).join(', ')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, inner]) => `'${key}': ${toPython(inner)}`)
      .join(', ')}}`;
  return typeof value === 'number' ? String(value) : 'None';
}
