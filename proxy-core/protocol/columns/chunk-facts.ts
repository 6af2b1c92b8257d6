/**
 * What an upstream chunk says, as far as the timeline draws it: content blocks that open, go on and
 * close, pings, the stop reason, ids. Reads Anthropic, Chat Completions, Gemini and Responses streams by
 * the looks of each data line; an unknown line says nothing. What becomes of it is the page's
 * (renderer/model/timeline/upstream-blocks.ts). Pure.
 */
import { asArray, asObject, asString, isObject, parseJsonObject, type JsonObject } from '../json.ts';

export type ChunkMark = 'start' | 'open' | 'delta' | 'close' | 'ping' | 'end' | 'other';

/** In the order in which the chunk says them. */
export type ChunkFact =
  | { is: 'mark'; mark: 'start' | 'delta' | 'ping' | 'end' }
  /** A block begins; `key` is how the stream names it. */
  | { is: 'open'; key: string; label: string }
  | { is: 'close'; key: string }
  /** Formats without block events: content of one kind; null = the kind that came before. */
  | { is: 'content'; label: string | null }
  /** `isLast`: nothing that is open goes on after it. */
  | { is: 'stop'; label: string; isLast: boolean }
  | { is: 'id'; id: string };

export const NO_FACTS: readonly ChunkFact[] = [];
const DELTA: readonly ChunkFact[] = [{ is: 'mark', mark: 'delta' }];

/** Almost every chunk of an Anthropic stream: what it says is plain without parsing it. */
const ANTHROPIC_DELTA =
  /^(?:event: content_block_delta\n)?data: \{"type": ?"content_block_delta", ?"index": ?(?:0|[1-9]\d*), ?"delta": ?\{"type": ?"\w+", ?"(?:text|thinking|partial_json)": ?"[^"\\\p{Cc}]*"\} ?\}\n\n$/u;

/** What a chunk says that is one whole frame and a delta; undefined for any other, which is read line by line. */
export function toDeltaFacts(text: string): readonly ChunkFact[] | undefined {
  return ANTHROPIC_DELTA.test(text) ? DELTA : undefined;
}

/** @param isFirst of the step: formats that repeat the answer's id in every chunk tell it once. */
export function toLineFacts(line: string, isFirst: boolean): readonly ChunkFact[] {
  if (!line.startsWith('data:')) return NO_FACTS;
  const data = parseJsonObject(line.slice(5));
  if (data === undefined) return NO_FACTS;
  const type = asString(data['type']);
  if (type !== undefined) return type.startsWith('response.') ? readResponses(type, data) : readAnthropic(type, data);
  if (Array.isArray(data['choices'])) return readChat(data, isFirst);
  return Array.isArray(data['candidates']) ? readGemini(data) : NO_FACTS;
}

function idFact(id: string | undefined): ChunkFact[] {
  return id === undefined ? [] : [{ is: 'id', id }];
}

function readAnthropic(type: string, data: JsonObject): readonly ChunkFact[] {
  const key = String(data['index']);
  switch (type) {
    case 'message_start':
      return [...idFact(asString(asObject(data['message'])['id'])), { is: 'mark', mark: 'start' }];
    case 'content_block_start': {
      const block = asObject(data['content_block']);
      const label = asString(block['name']) ?? asString(block['type']) ?? 'block';
      return [...idFact(asString(block['id'])), { is: 'open', key, label }];
    }
    case 'content_block_delta':
      return DELTA;
    case 'content_block_stop':
      return [{ is: 'close', key }];
    case 'message_delta': {
      const label = asString(asObject(data['delta'])['stop_reason']);
      return label === undefined ? [{ is: 'mark', mark: 'end' }] : [{ is: 'stop', label, isLast: false }];
    }
    case 'message_stop':
      return [{ is: 'mark', mark: 'end' }];
    case 'ping':
      return [{ is: 'mark', mark: 'ping' }];
    default:
      return NO_FACTS;
  }
}

function readChat(data: JsonObject, isFirst: boolean): readonly ChunkFact[] {
  const facts: ChunkFact[] = isFirst ? idFact(asString(data['id'])) : [];
  for (const choice of asArray(data['choices'])) {
    const delta = asObject(asObject(choice)['delta']);
    const call = asObject(asArray(delta['tool_calls'])[0]);
    if (asString(delta['reasoning_content']) ?? asString(delta['reasoning'])) facts.push({ is: 'content', label: 'thinking' });
    else if (asString(delta['content'])) facts.push({ is: 'content', label: 'text' });
    else if (isObject(call['function'])) {
      facts.push(...idFact(asString(call['id'])), { is: 'content', label: asString(call['function']['name']) ?? null });
    }
    const stop = asString(asObject(choice)['finish_reason']);
    if (stop !== undefined) facts.push({ is: 'stop', label: stop, isLast: true });
  }
  return facts;
}

function readGemini(data: JsonObject): readonly ChunkFact[] {
  const facts: ChunkFact[] = [];
  for (const candidate of asArray(data['candidates'])) {
    for (const part of asArray(asObject(asObject(candidate)['content'])['parts'])) {
      const shape = asObject(part);
      const call = shape['functionCall'];
      const label = isObject(call) ? (asString(call['name']) ?? 'call') : shape['thought'] === true ? 'thinking' : 'text';
      facts.push({ is: 'content', label });
    }
    const stop = asString(asObject(candidate)['finishReason']);
    if (stop !== undefined) facts.push({ is: 'stop', label: stop, isLast: false });
  }
  return facts;
}

function readResponses(type: string, data: JsonObject): readonly ChunkFact[] {
  const item = asObject(data['item']);
  const key = String(data['output_index']);
  if (type === 'response.output_item.added') {
    return [...idFact(asString(item['id'])), { is: 'open', key, label: asString(item['name']) ?? asString(item['type']) ?? 'item' }];
  }
  if (type === 'response.output_item.done') return [{ is: 'close', key }];
  if (type.endsWith('.delta')) return DELTA;
  if (type === 'response.created') return [{ is: 'mark', mark: 'start' }];
  if (type === 'response.completed' || type === 'response.failed' || type === 'response.incomplete') {
    return [{ is: 'stop', label: type.slice(9), isLast: false }];
  }
  return NO_FACTS;
}
