/**
 * The content of one message put together again as Anthropic wants it back, byte for byte in its values: a
 * turn that was paused is continued by sending what it said so far (mapping 2.5).
 */
import { asArray, asString, parseJsonObject, type JsonObject } from '../../protocol/json.ts';

export interface RawContent {
  start(index: number, block: JsonObject): void;
  delta(index: number, delta: JsonObject): void;
  /** The blocks in order of their index; texts that stayed empty, which the API refuses, are left out. */
  blocks(): JsonObject[];
}

export function createRawContent(): RawContent {
  const byIndex = new Map<number, { block: JsonObject; json: string }>();
  return {
    start: (index, block) => void byIndex.set(index, { block: { ...block }, json: '' }),
    delta(index, delta) {
      const open = byIndex.get(index);
      if (!open) return;
      const { block } = open;
      if (delta.type === 'text_delta') append(block, 'text', delta.text);
      else if (delta.type === 'thinking_delta') append(block, 'thinking', delta.thinking);
      else if (delta.type === 'signature_delta') block.signature = delta.signature;
      else if (delta.type === 'citations_delta') block.citations = [...asArray(block.citations), delta.citation];
      else if (delta.type === 'input_json_delta') open.json += asString(delta.partial_json) ?? '';
    },
    blocks: () =>
      [...byIndex.entries()]
        .toSorted(([left], [right]) => left - right)
        .map(([, { block, json }]) => (json === '' ? block : { ...block, input: parseJsonObject(json) ?? {} }))
        .filter((block) => block.type !== 'text' || (asString(block.text) ?? '').trim() !== ''),
  };
}

function append(block: JsonObject, field: 'text' | 'thinking', value: unknown): void {
  block[field] = (asString(block[field]) ?? '') + (asString(value) ?? '');
}
