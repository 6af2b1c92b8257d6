/** Ids that the stream lacks: made from the response id and the place, so that one input gives one output. */
import { prefixesOf } from '../lint/model/id-names.ts';

/** `msg_…` for the message at index 2 of that response, say. */
export function makeItemId(type: string, responseId: string, index: number): string {
  const prefix = prefixesOf(type)?.[0] ?? 'item_';
  return prefix + hashText(`${responseId} ${type} ${index}`);
}

/** Whether the id looks like one of that item type. */
export function hasOwnPrefix(type: string, id: string): boolean {
  const prefixes = prefixesOf(type);
  return prefixes === undefined ? id !== '' : prefixes.some((prefix) => id.startsWith(prefix));
}

export function makeCallId(responseId: string, index: number): string {
  return `call_${hashText(`${responseId} call ${index}`)}`;
}

export function makeResponseId(seed: string): string {
  return `resp_${hashText(seed)}`;
}

/** 32 hex digits: FNV-1a with four seeds. Only has to be different for different places. */
function hashText(text: string): string {
  return [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b].map((seed) => fnv(text, seed)).join('');
}

function fnv(text: string, seed: number): string {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  return (hash >>> 0).toString(16).padStart(8, '0');
}
