/** Anthropic Messages streams: content blocks in order of their start, message_stop at the end. */
import { asArray, asNumber, asObject, asString, isObject, parseJson, type JsonObject } from '../../json.ts';
import { appendToSegment, createSegment, type ContentSegment } from '../model/segments.ts';
import type { DigestBuilder } from './digest-builder.ts';

export function createAnthropicDigest(): DigestBuilder {
  const blocks = new Map<number, ContentSegment>();
  let isOver = false;
  let isPaused = false;
  return {
    frame(json, digest) {
      if (json['type'] === 'message' && Array.isArray(json['content'])) {
        readWhole(json, digest);
        return;
      }
      // Whatever follows message_stop is no part of this answer.
      if (isOver) return;
      const index = asNumber(json['index']) ?? 0;
      switch (json['type']) {
        case 'message_start':
          digest.hasUsage ||= isObject(asObject(json['message'])['usage']);
          return;
        case 'content_block_start': {
          const segment = toSegment(asObject(json['content_block']));
          if (!segment) {
            blocks.delete(index);
            return;
          }
          blocks.set(index, segment);
          digest.segments.push(segment);
          return;
        }
        case 'content_block_delta': {
          const segment = blocks.get(index);
          const delta = asObject(json['delta']);
          const text = asString(delta['text']) ?? asString(delta['thinking']) ?? asString(delta['partial_json']);
          if (segment && text !== undefined) appendToSegment(segment, text);
          return;
        }
        case 'content_block_stop': {
          const segment = blocks.get(index);
          if (segment?.input && parseJson(segment.input) === undefined) digest.hasBadToolInput = true;
          return;
        }
        case 'message_delta':
          digest.hasUsage ||= isObject(json['usage']);
          readStop(asString(asObject(json['delta'])['stop_reason']), digest);
          isPaused = asObject(json['delta'])['stop_reason'] === 'pause_turn';
          // A paused turn goes on in the next message, when the upstream is asked again.
          if (isPaused) return;
          // With its stop reason told the answer is whole, even if message_stop never comes.
          if (asString(asObject(json['delta'])['stop_reason']) !== undefined) digest.finished = true;
          return;
        case 'message_stop':
          if (isPaused) return;
          isOver = true;
          digest.finished = true;
          return;
        case 'error':
          digest.error = true;
          return;
        default:
      }
    },
  };
}

function toSegment(block: JsonObject): ContentSegment | undefined {
  if (block['type'] === 'text' || block['type'] === 'thinking') {
    const segment = createSegment(block['type'] === 'text' ? 'text' : 'reasoning');
    appendToSegment(segment, asString(block['text']) ?? asString(block['thinking']) ?? '');
    return segment;
  }
  // Redacted thinking and the provider's own tools carry nothing that a client is shown as content.
  if (block['type'] !== 'tool_use') return undefined;
  const segment = createSegment('tool', asString(block['name']) ?? null);
  if (isObject(block['input']) && Object.keys(block['input']).length > 0) appendToSegment(segment, JSON.stringify(block['input']));
  return segment;
}

function readStop(reason: string | undefined, digest: { lengthStop: boolean; filtered: boolean }): void {
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') digest.lengthStop = true;
  if (reason === 'refusal') digest.filtered = true;
}

function readWhole(json: JsonObject, digest: Parameters<DigestBuilder['frame']>[1]): void {
  for (const block of asArray(json['content'])) {
    const segment = isObject(block) ? toSegment(block) : undefined;
    if (segment) digest.segments.push(segment);
  }
  digest.hasUsage ||= isObject(json['usage']);
  readStop(asString(json['stop_reason']), digest);
  digest.finished = true;
}
