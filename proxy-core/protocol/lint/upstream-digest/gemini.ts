/** Gemini streamGenerateContent: parts in order; thoughts are marked, function calls come whole. */
import { asArray, asObject, asString, isObject } from '../../json.ts';
import { appendToSegment, createSegment, type ContentSegment } from '../model/segments.ts';
import type { DigestBuilder } from './digest-builder.ts';

const FILTERED = new Set(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY']);

export function createGeminiDigest(): DigestBuilder {
  let current: ContentSegment | null = null;
  return {
    frame(json, digest) {
      if (isObject(json['usageMetadata'])) digest.hasUsage = true;
      if (isObject(json['error'])) digest.error = true;
      if (asString(asObject(json['promptFeedback'])['blockReason']) !== undefined) {
        digest.filtered = true;
        digest.finished = true;
      }
      const candidate = asArray(json['candidates']).find(isObject);
      if (!candidate) return;
      for (const part of asArray(asObject(candidate['content'])['parts']).filter(isObject)) {
        const text = asString(part['text']);
        if (text !== undefined && text !== '') {
          const kind = part['thought'] === true ? 'reasoning' : 'text';
          if (current?.kind !== kind) {
            current = createSegment(kind);
            digest.segments.push(current);
          }
          appendToSegment(current, text);
        } else if (isObject(part['functionCall'])) {
          const { name, args, willContinue } = part['functionCall'];
          // The arguments of a call that continues come in pieces without a name.
          if (asString(name) === undefined) continue;
          current = null;
          const call = createSegment('tool', asString(name) ?? null);
          if (willContinue === true) call.input = null;
          else appendToSegment(call, JSON.stringify(args ?? {}));
          digest.segments.push(call);
        }
      }
      const reason = asString(candidate['finishReason']);
      if (reason === undefined) return;
      digest.finished = true;
      if (reason === 'MAX_TOKENS') digest.lengthStop = true;
      if (FILTERED.has(reason)) digest.filtered = true;
    },
  };
}
