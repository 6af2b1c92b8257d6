/** Chat Completions streams, with the reasoning fields of DeepSeek, vLLM and OpenRouter. */
import { asArray, asNumber, asObject, asString, isObject, parseJson, type JsonObject } from '../../json.ts';
import { appendToSegment, createSegment, type ContentSegment } from '../model/segments.ts';
import type { DigestBuilder } from './digest-builder.ts';
import type { UpstreamDigest } from './digest.ts';

export function createOpenaiChatDigest(): DigestBuilder {
  const calls = new Map<number, ContentSegment>();
  let current: ContentSegment | null = null;

  const append = (digest: UpstreamDigest, kind: 'text' | 'reasoning', text: string): void => {
    if (text === '') return;
    if (current?.kind !== kind) {
      current = createSegment(kind);
      digest.segments.push(current);
    }
    appendToSegment(current, text);
  };
  return {
    frame(json, digest) {
      if (isObject(json['usage'])) digest.hasUsage = true;
      if (isObject(json['error'])) digest.error = true;
      const choice = asArray(json['choices']).find(isObject);
      if (!choice || (asNumber(choice['index']) ?? 0) !== 0) return;
      const delta = asObject(choice['delta'] ?? choice['message']);
      const reasoning = asString(delta['reasoning_content']) ?? asString(delta['reasoning']);
      if (reasoning !== undefined) append(digest, 'reasoning', reasoning);
      append(digest, 'text', contentOf(delta['content']));
      asArray(delta['tool_calls'])
        .filter(isObject)
        .forEach((call, position) => readCall(call, position, digest));
      const reason = asString(choice['finish_reason']);
      if (reason === undefined) return;
      digest.finished = true;
      if (reason === 'length') digest.lengthStop = true;
      if (reason === 'content_filter') digest.filtered = true;
      if (reason === 'error') digest.error = true;
    },
    done(digest) {
      // A server that ends with [DONE] alone says that it is through, if not why.
      digest.finished = true;
    },
    end(digest) {
      digest.hasBadToolInput = digest.segments.some(
        (segment) => segment.input !== null && segment.input !== '' && parseJson(segment.input) === undefined,
      );
    },
  };

  function readCall(call: JsonObject, position: number, digest: UpstreamDigest): void {
    const index = asNumber(call['index']) ?? position;
    const fn = asObject(call['function']);
    let segment = calls.get(index);
    if (!segment) {
      segment = createSegment('tool', asString(fn['name']) ?? null);
      calls.set(index, segment);
      digest.segments.push(segment);
      current = null;
    }
    appendToSegment(segment, asString(fn['arguments']) ?? '');
  }
}

/** A string, or parts (Mistral). */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .filter(isObject)
    .map((part) => asString(part['text']) ?? '')
    .join('');
}
