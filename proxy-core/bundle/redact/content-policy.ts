/**
 * Which strings and numbers of a recorded body are content and which are structure. Everything is content
 * that is not listed here as structure: a field nobody has thought of is hidden, not shown.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import type { BodyText } from './open-body.ts';

/** Fields of the wire formats that hold ids, names of kinds and states. */
const STRUCTURE = new Set([
  ...['type', 'id', 'object', 'role', 'status', 'phase', 'event', 'event_id', 'obfuscation', 'reason', 'index'],
  ...['item_id', 'call_id', 'tool_call_id', 'tool_use_id', 'response_id', 'previous_response_id', 'approval_request_id', 'responseId'],
  ...['model', 'modelVersion', 'name', 'namespace', 'service_tier', 'system_fingerprint', 'inference_geo', 'stop_reason', 'finish_reason'],
  ...['finishReason', 'blockReason', 'param', 'effort', 'verbosity', 'truncation', 'tool_choice', 'mode', 'format', 'strict', 'syntax'],
  ...['detail', 'mime_type', 'mimeType', 'media_type', 'encoding', 'pattern', '$ref', 'server_label', 'display', 'native_finish_reason'],
  ...['provider', 'created_at', 'createTime', 'prompt_cache_retention', 'include'],
]);
/** Lists of such. */
const STRUCTURE_LISTS = new Set(['enum', 'required', 'include', 'responseModalities', 'modalities']);

/** True when the text may stay as it is. */
export function isStructure({ path, kind, type }: Pick<BodyText, 'path' | 'kind' | 'type'>): boolean {
  if (kind === 'comment') return true;
  if (kind === 'raw') return false;
  const last = path.at(-1);
  if (isUserData(path)) return false;
  if (kind === 'number') return !path.includes('bytes') || !path.includes('logprobs');
  const name = typeof last === 'number' ? path.findLast((part) => typeof part === 'string') : last;
  if (typeof last === 'number' && typeof name === 'string' && STRUCTURE_LISTS.has(name)) return true;
  if (typeof name !== 'string') return false;
  // Codex and others send the summary's kind under the name under which answers send the text.
  if (name === 'summary' && path.includes('reasoning')) return true;
  if (name === 'const' && isSchema(path)) return true;
  // The code of an error, not the one that an interpreter ran.
  if (name === 'code') return type === 'error' || path.includes('error');
  if (typeof last === 'string' && STRUCTURE.has(name)) return !(name === 'name' && path.includes('metadata'));
  return name === 'delta' && type.endsWith('obfuscation');
}

/** Error texts are written by programs, and a report without them is worth nothing. */
export function isErrorMessage({ path, type }: Pick<BodyText, 'path' | 'type'>): boolean {
  const parent = path.at(-2);
  return path.at(-1) === 'message' && (parent === 'error' || path.length === 1 || (type === 'error' && path.length === 1));
}

/** Arguments and results as real JSON: below them every value is the user's, whatever its name. */
function isUserData(path: BodyText['path']): boolean {
  return path.some((part, at) => {
    const next = path[at + 1];
    if (typeof next !== 'string') return part === 'metadata' && next !== undefined;
    if (part === 'input') return at > 0;
    return part === 'args' || part === 'metadata' || (part === 'response' && path[at - 1] === 'functionResponse');
  });
}

function isSchema(path: BodyText['path']): boolean {
  return path.some((part) => part === 'parameters' || part === 'input_schema' || part === 'schema' || part === 'parametersJsonSchema');
}

/** Values that tool schemas and formats list: arguments that use them must still fit their schema. */
export function collectSchemaValues(request: JsonObject, into: Set<string>): void {
  for (const tool of asArray(request['tools'])) walk(tool, into);
  walk(asObject(asObject(request['text'])['format'])['schema'], into);
}

function walk(value: unknown, into: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) walk(one, into);
  if (!isObject(value)) return;
  for (const one of asArray(value['enum'])) add(one, into);
  add(value['const'], into);
  for (const one of Object.values(value)) walk(one, into);
}

function add(value: unknown, into: Set<string>): void {
  const text = asString(value);
  if (text !== undefined) into.add(text);
}
