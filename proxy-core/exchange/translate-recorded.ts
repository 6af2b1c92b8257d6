/**
 * Recorded upstream bytes to a Responses stream, with no network and no store: `translate` on the command
 * line, and the `retranslate` replay. The client's request, when known, gives tools and echoed fields.
 */
import { createResponseObject } from '../emitter/response-object.ts';
import { createResponsesEmitter, type Emitted } from '../emitter/responses-emitter.ts';
import { resolveTools, type ResolvedTools } from '../history/tools.ts';
import { asString, type JsonObject } from '../protocol/json.ts';
import type { ResponsesEvent } from '../protocol/responses/wire.ts';
import { createFrameReader } from '../sse/frame-reader.ts';
import type { BridgeRequest, BuiltRequest, ToolRoute, TranslatingUpstream, Warning } from '../upstreams/upstream.ts';
import { createId } from './create-id.ts';
import { createStreamTranslator } from './translate-stream.ts';

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
  const stream = createStreamTranslator(translator.createStreamMachine({ request: bridgeRequest, built }), emitter, {
    reader: translator.createFrameReader?.(),
  });
  const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
  const emitted: Emitted[] = emitter.start();
  for (const [index, chunk] of chunks.entries()) emitted.push(...stream.push(chunk, index));
  emitted.push(...stream.end({ type: 'completed' }));
  const events = emitted.map(({ event }) => event);
  const sse = `${events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
  const causes = emitted.map(({ cause }) => cause);
  return { events, causes, sse, warnings, frameCount: countFrames(chunks, translator) };
}

function countFrames(chunks: readonly Uint8Array[], translator: TranslatingUpstream): number {
  const reader = translator.createFrameReader?.() ?? createFrameReader();
  return chunks.reduce((count, chunk) => count + reader.push(chunk).length, 0) + reader.end().length;
}
