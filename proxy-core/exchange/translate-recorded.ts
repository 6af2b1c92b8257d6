/**
 * Recorded upstream bytes to a Responses stream, with no network and no store: `translate` on the command
 * line, and the `retranslate` replay. The client's request, when known, gives tools and echoed fields.
 */
import { createResponseObject } from '../emitter/response-object.ts';
import { createResponsesEmitter, type Emitted } from '../emitter/responses-emitter.ts';
import { resolveTools, type ResolvedTools } from '../history/tools.ts';
import { asString, type JsonObject } from '../protocol/json.ts';
import { toEventJson } from '../protocol/responses/event-json.ts';
import type { ResponsesEvent } from '../protocol/responses/wire.ts';
import { createFrameReader, type FrameReader, type SseFrame } from '../sse/frame-reader.ts';
import type { BridgeRequest, BuiltRequest, ToolRoute, TranslatingUpstream, Warning } from '../upstreams/upstream.ts';
import { createId } from './create-id.ts';
import { createStreamTranslator } from './translate-stream.ts';

const READ_BYTES = 65_536;

export interface TranslateOptions {
  /** Whole, or as the chunks in which they came: then each event names the chunk that caused it. */
  bytes: Uint8Array | readonly Uint8Array[];
  translator: TranslatingUpstream;
  request?: JsonObject;
  createId?: (prefix: string) => string;
}

export interface TranslatedStream {
  events: ResponsesEvent[];
  /** Per event the index of the chunk that caused it; null for what came before any. */
  causes: (number | null)[];
  /** As a client would have received it, `[DONE]` included. */
  sse: string;
  warnings: Warning[];
  /** SSE frames (or JSON documents) found in the upstream's bytes. */
  frameCount: number;
}

export function translateRecorded({ bytes, translator, request, createId: makeId = createId }: TranslateOptions): TranslatedStream {
  const body: JsonObject = request ?? {};
  const warnings: Warning[] = [];
  const { tools, toolChoice }: ResolvedTools = request ? resolveTools(request) : { tools: [], toolChoice: { type: 'auto' }, warnings: [] };
  const model = asString(body['model']) ?? 'unknown';
  const bridgeRequest: BridgeRequest = { model, body, items: [], tools, toolChoice };
  const built: BuiltRequest = { body: {}, warnings: [] };
  const now = () => Math.floor(Date.now() / 1000);
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: makeId('resp'), createdAt: now(), model, body }),
    routes: new Map<string, ToolRoute>(tools.map(({ upstreamName, route }) => [upstreamName, route])),
    createId: makeId,
    now,
    onWarning: (warning) => void warnings.push(warning),
  });
  const reader = countingReader(translator.createFrameReader?.() ?? createFrameReader());
  const stream = createStreamTranslator(translator.createStreamMachine({ request: bridgeRequest, built }), emitter, { reader });
  const translated: TranslatedStream = { events: [], causes: [], sse: '', warnings, frameCount: 0 };
  take(emitter.start(), translated);
  const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
  for (const [index, chunk] of chunks.entries()) {
    for (let at = 0; at < chunk.length; at += READ_BYTES) {
      const read = chunk.subarray(at, at + READ_BYTES);
      // What comes after the answer's end is no longer translated, but still counted.
      if (stream.isOver) reader.push(read);
      else take(stream.push(read, index), translated);
    }
  }
  if (stream.isOver) reader.end();
  else take(stream.end({ type: 'completed' }), translated);
  translated.sse += 'data: [DONE]\n\n';
  translated.frameCount = reader.frameCount;
  return translated;
}

/** Piece by piece, so that a long stream is not held in several forms at once. */
function take(emitted: readonly Emitted[], into: TranslatedStream): void {
  for (const { event, cause } of emitted) {
    into.events.push(event);
    into.causes.push(cause);
    into.sse += `event: ${event.type}\ndata: ${toEventJson(event)}\n\n`;
  }
}

function countingReader(reader: FrameReader): FrameReader & { frameCount: number } {
  const counting = {
    frameCount: 0,
    push: (bytes: Uint8Array) => count(reader.push(bytes)),
    end: () => count(reader.end()),
  };
  function count(frames: SseFrame[]): SseFrame[] {
    counting.frameCount += frames.length;
    return frames;
  }
  return counting;
}
