/**
 * What one reasoning item has to carry back to the upstream: its plain text under the name it came by, or
 * the provider's own blocks (signatures, ciphertexts), put together from the pieces of the stream.
 */
import { asString, type JsonObject } from '../../protocol/json.ts';
import type { DetailsField, ReasoningField } from './chunk.ts';

export interface ReasoningBuffer {
  field: ReasoningField | null;
  text: string;
  details: { field: DetailsField; blocks: JsonObject[] } | null;
}

export function createReasoningBuffer(): ReasoningBuffer {
  return { field: null, text: '', details: null };
}

export function addReasoningText(buffer: ReasoningBuffer, field: ReasoningField, text: string): void {
  buffer.field ??= field;
  buffer.text += text;
}

export function addReasoningDetails(buffer: ReasoningBuffer, field: DetailsField, details: JsonObject[]): void {
  buffer.details ??= { field, blocks: [] };
  for (const detail of details) addDetail(buffer.details.blocks, detail);
}

/** The blocks of the envelope, `[]` when there is nothing to replay. Provider blocks hold the text as well. */
export function toReplayBlocks({ field, text, details }: ReasoningBuffer): JsonObject[] {
  if (details) return [{ [details.field]: details.blocks }];
  return field ? [{ [field]: text }] : [];
}

const TEXT_KEYS = ['text', 'summary', 'thinking'];

/** Pieces of one block become that block again; anything else stays as received. */
function addDetail(blocks: JsonObject[], detail: JsonObject): void {
  const last = blocks.at(-1);
  const key = TEXT_KEYS.find((name) => name in detail || (last !== undefined && name in last));
  if (!last || key === undefined || !isSameBlock(last, detail)) {
    blocks.push({ ...detail });
    return;
  }
  const text = (asString(last[key]) ?? '') + (asString(detail[key]) ?? '');
  for (const [name, value] of Object.entries(detail)) if (value !== null && value !== '') last[name] = value;
  last[key] = text;
}

function isSameBlock(last: JsonObject, detail: JsonObject): boolean {
  if (last.type !== detail.type || last.index !== detail.index) return false;
  if ('data' in last || 'data' in detail) return false;
  if (asString(last.id) && asString(detail.id) && last.id !== detail.id) return false;
  // Without an index, a signature is what ends a block.
  return last.index !== undefined || !asString(last.signature);
}
