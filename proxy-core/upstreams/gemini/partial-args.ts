/**
 * Puts the arguments of one function call together from Vertex's `partialArgs` (streamFunctionCallArguments):
 * each fragment names a place by a JSON path and carries a value, or a further piece of a string.
 * Nothing that the bridge asks for makes Gemini send these; recorded streams and other servers have them.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';

/** Arrays are filled in order; a place far behind the end is a damaged fragment, not data. */
const MAX_ARRAY_GAP = 64;

type Container = JsonObject | unknown[];

/** Applies the fragments to `args`. Gives the paths that could not be applied. */
export function applyPartialArgs(args: JsonObject, fragments: unknown): string[] {
  const failed: string[] = [];
  for (const fragment of asArray(fragments).map(asObject)) {
    const path = asString(fragment.jsonPath) ?? '';
    if (!setAt(args, parsePath(path), fragment)) failed.push(path);
  }
  return failed;
}

/** `$.a.b[0]['c d']` -> ['a', 'b', 0, 'c d']; undefined for what is no such path. */
function parsePath(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const step = /^(?:\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\])/.exec(rest);
    if (!step) return undefined;
    steps.push(step[2] === undefined ? (step[1] ?? step[3] ?? step[4] ?? '') : Number(step[2]));
    rest = rest.slice(step[0].length);
  }
  return steps.length > 0 ? steps : undefined;
}

function setAt(root: JsonObject, steps: (string | number)[] | undefined, fragment: JsonObject): boolean {
  if (!steps) return false;
  let container: Container = root;
  for (const [depth, step] of steps.entries()) {
    if (!isPlace(container, step)) return false;
    const next = steps[depth + 1];
    if (next === undefined) {
      write(container, step, toValue(read(container, step), fragment));
      return true;
    }
    let child = read(container, step);
    if (!isContainer(child)) {
      child = typeof next === 'number' ? [] : {};
      write(container, step, child);
    }
    container = child as Container;
  }
  return false;
}

function toValue(before: unknown, fragment: JsonObject): unknown {
  if (typeof fragment.stringValue === 'string') return (typeof before === 'string' ? before : '') + fragment.stringValue;
  if (typeof fragment.numberValue === 'number') return fragment.numberValue;
  if (typeof fragment.boolValue === 'boolean') return fragment.boolValue;
  return null;
}

function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || isObject(value);
}

function isPlace(container: Container, step: string | number): boolean {
  if (Array.isArray(container)) return typeof step === 'number' && step <= container.length + MAX_ARRAY_GAP;
  return typeof step === 'string';
}

function read(container: Container, step: string | number): unknown {
  if (Array.isArray(container)) return container[step as number];
  return Object.hasOwn(container, step) ? container[step] : undefined;
}

function write(container: Container, step: string | number, value: unknown): void {
  if (Array.isArray(container)) container[step as number] = value;
  // Not an assignment: a key named __proto__ must become a property like any other.
  else Object.defineProperty(container, step, { value, enumerable: true, writable: true, configurable: true });
}
