/** Reads a recorded upstream, frame by frame, into what rules compare. Also whole JSON answers, as one frame. */
import { parseJsonObject } from '../../json.ts';
import { isDone, type LinterOptions } from '../run-rules.ts';
import { createAnthropicDigest } from './anthropic.ts';
import type { DigestBuilder, DigestFrame } from './digest-builder.ts';
import type { UpstreamDigest } from './digest.ts';
import { emptyDigest } from './example-digest.ts';
import { createGeminiDigest } from './gemini.ts';
import { createOpenaiChatDigest } from './openai-chat.ts';
import { createResponsesDigest } from './responses.ts';

const builders: Record<UpstreamDigest['kind'], (options?: LinterOptions) => DigestBuilder> = {
  anthropic: createAnthropicDigest,
  'openai-chat': createOpenaiChatDigest,
  gemini: createGeminiDigest,
  responses: createResponsesDigest,
};

export interface DigestReader {
  /** `tUs`: when its chunk arrived; null without times. */
  frame(frame: DigestFrame, tUs: number | null): void;
  /** The body is over, in whatever way. */
  end(): UpstreamDigest;
}

/** Arrivals closer together than this are one. */
const ARRIVAL_GAP_US = 20_000;

export function isDigestKind(kind: string): kind is UpstreamDigest['kind'] {
  return Object.hasOwn(builders, kind);
}

export function createDigestReader(kind: UpstreamDigest['kind'], options?: LinterOptions): DigestReader {
  const builder = builders[kind](options);
  const digest = emptyDigest(kind);
  let first: number | null = null;
  let last = 0;
  let arrivals = 0;
  return {
    frame(frame, tUs) {
      if (tUs !== null) {
        if (first === null || tUs - last > ARRIVAL_GAP_US) arrivals += 1;
        first ??= tUs;
        last = tUs;
      }
      if (isDone(frame.data)) builder.done?.(digest);
      else builder.frame(parseJsonObject(frame.data) ?? {}, digest, frame);
    },
    end() {
      builder.end?.(digest);
      digest.cut = !digest.finished;
      if (first !== null) digest.arrivals = { count: arrivals, spanUs: last - first };
      return digest;
    },
  };
}

/** Which wire format these frames are in; undefined when none is recognised. */
export function guessKind(frames: readonly DigestFrame[]): UpstreamDigest['kind'] | undefined {
  for (const frame of frames.slice(0, 5)) {
    const json = parseJsonObject(frame.data);
    if (!json) continue;
    const type = json['type'];
    if (typeof type === 'string' && type.startsWith('response.')) return 'responses';
    if (type === 'message_start' || type === 'message') return 'anthropic';
    if (Array.isArray(json['candidates']) || 'usageMetadata' in json || 'promptFeedback' in json) return 'gemini';
    if (Array.isArray(json['choices'])) return 'openai-chat';
  }
  return undefined;
}

/** The digest of a whole recorded upstream body; undefined when its format is not known. */
export function digestFrames(frames: readonly DigestFrame[], kind = guessKind(frames)): UpstreamDigest | undefined {
  if (kind === undefined) return undefined;
  const reader = createDigestReader(kind);
  for (const frame of frames) reader.frame(frame, null);
  return reader.end();
}
