/**
 * The story of one translated request, readable top to bottom: prepare, open, stream, end. Errors before
 * the first byte are thrown (run-exchange makes HTTP errors of them); after it they end the stream with
 * `response.failed`. A second turn may arrive the moment the terminal event is out, so the store is
 * written before.
 */
import type { Emitted } from '../emitter/responses-emitter.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { BuiltRequest, ModelCapabilities, TranslatingUpstream, UpstreamReply } from '../upstreams/upstream.ts';
import { createAnswerWatch } from './answer-watch.ts';
import { createDirectOutput, createFilteredOutput, SSE_FRAMING, type ClientOutput, type StreamFilter } from './client-output.ts';
import type { ClientSink } from './client-sink.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import type { ExchangeDeps } from './exchange-request.ts';
import { createMessageOutput } from './message-output.ts';
import { openUpstream } from './open-upstream.ts';
import { createFrameReader } from '../sse/frame-reader.ts';
import { prepareStep } from './prepare-step.ts';
import { pumpUpstream, toEndCause, type PumpEnd } from './pump-upstream.ts';
import { sendJson } from './send-json.ts';
import type { Step } from './step.ts';
import { createStoredResponse } from './store-response.ts';
import { createStreamTranslator } from './translate-stream.ts';
import type { UpstreamTarget } from './upstream-target.ts';

export interface TranslatedExchange {
  deps: ExchangeDeps;
  sink: ClientSink;
  step: Step;
  sessionId: string;
  body: JsonObject;
  target: UpstreamTarget & { model: string };
  translator: TranslatingUpstream;
  credential: string | null;
  capabilities: ModelCapabilities | undefined;
  /** Headers of every answer of this step. */
  headers: () => Record<string, string>;
  /** Aborts the upstream; the reason says why. */
  abort: AbortController;
  /** Quirks: change the finished stream on its way to the client; the store keeps the clean one. */
  filter: StreamFilter | undefined;
  onTrouble: (error: unknown) => void;
}

/** How often a paused turn is continued before it is told as incomplete. */
const MAX_PAUSES = 8;

export async function runTranslated(exchange: TranslatedExchange): Promise<void> {
  const { deps, sink, step, target, translator, abort } = exchange;
  const { generate, ...others } = exchange.body;
  const body = sink.transport === 'websocket' ? others : exchange.body;
  const prepared = prepareStep(exchange, body);
  const { emitter, built, request } = prepared;
  const stored = createStoredResponse({
    store: deps.store,
    emitter,
    body,
    ownInput: prepared.ownInput,
    previousResponseId: prepared.previousResponseId,
    sessionId: exchange.sessionId,
    stepId: step.id,
    upstream: { name: target.config.name, kind: target.config.kind, model: target.model },
    createdAtUs: deps.nowUs(),
    onTrouble: exchange.onTrouble,
  });
  const isStreaming = body['stream'] === true || sink.transport === 'websocket';
  const stream = createStreamTranslator(translator.createStreamMachine({ request, built }), emitter, {
    reader: translator.createFrameReader?.(),
    mayPause: translator.continuePaused !== undefined,
  });
  const output = isStreaming ? createStreamedOutput(exchange, stored.beforeEvent) : createCollectedOutput(stored.beforeEvent);

  stored.begin();
  if (generate === false && sink.transport === 'websocket') return finishUnasked();
  const open = (wanted: BuiltRequest) =>
    openUpstream({
      translator,
      config: target.config,
      built: wanted,
      model: target.model,
      credential: exchange.credential,
      step,
      abort,
      idleTimeoutMs: deps.limits.idleTimeoutMs,
    });
  const opening = open(built);
  let reply: UpstreamReply;
  try {
    reply = await (isStreaming ? startEarly(opening, () => output.begin(emitter.start()), deps.limits.earlyStartMs) : opening);
  } catch (error) {
    if (!output.hasBegun && !abort.signal.aborted) {
      stored.abandon();
      throw error;
    }
    return finish({ cause: toEndCause(exchange, error) });
  }
  if (!output.hasBegun) await output.begin(emitter.start());
  await finish(await pumpToTheEnd(reply));

  /** A turn that the upstream pauses is one answer all the same: it is asked again, up to a limit, and goes on. */
  async function pumpToTheEnd(first: UpstreamReply): Promise<PumpEnd> {
    let end = await pumpUpstream(first, { exchange, stream, output });
    let asked = built;
    for (let round = 1; stream.paused && translator.continuePaused; round++) {
      asked = translator.continuePaused(asked, stream.paused.content);
      stream.resume(translator.createFrameReader?.() ?? createFrameReader(), round < MAX_PAUSES);
      try {
        end = await pumpUpstream(await open(asked), { exchange, stream, output });
      } catch (error) {
        return { cause: toEndCause(exchange, error) };
      }
    }
    return end;
  }

  async function finish({ cause, rest }: PumpEnd): Promise<void> {
    if (cause.type === 'client-gone') {
      stored.abandon();
      step.end({ ...toSummary(), status: 'cancelled', error: 'The client closed the connection.' });
      return;
    }
    if (!output.hasBegun) await output.begin(emitter.start());
    await output.write(stream.end(cause));
    await output.end(emitter.response);
    // The client has everything; what the upstream still sends is part of the record.
    await rest;
    const { status, error } = emitter.response;
    step.end({
      ...toSummary(),
      status: status === 'completed' || status === 'incomplete' ? status : 'failed',
      error: error?.message ?? null,
    });
  }

  /** `generate: false` prepares a response to go on from: its input is kept, and nobody is asked. */
  async function finishUnasked(): Promise<void> {
    await output.begin(emitter.start());
    emitter.push({ type: 'usage', usage: {}, raw: null });
    emitter.push({ type: 'finish', reason: 'stop' });
    await output.write(emitter.end({ type: 'completed' }));
    await output.end(emitter.response);
    step.end({ ...toSummary(), status: 'completed', error: null });
  }

  function toSummary() {
    const { response, upstreamId } = emitter;
    return {
      httpStatus: 200,
      responseId: response.id,
      responseIdAliases: upstreamId ? [upstreamId] : [],
      model: target.model,
      usage: response.usage,
    };
  }

  /** Non-streaming is the same path; only the last response goes out, as one JSON body. */
  function createCollectedOutput(beforeEvent: (emitted: Emitted) => void): Output {
    return {
      hasBegun: false,
      begin: async () => undefined,
      write: async (batch) => batch.forEach(beforeEvent),
      end: (response) => sendJson(exchange, 200, response),
    };
  }
}

interface Output {
  hasBegun: boolean;
  begin(first: Emitted[]): Promise<void>;
  write(batch: Emitted[]): Promise<void>;
  end(response: unknown): Promise<void>;
}

function createStreamedOutput(exchange: TranslatedExchange, beforeEvent: (emitted: Emitted) => void): Output {
  const { deps, sink, step } = exchange;
  const { filter } = exchange;
  const client = filter
    ? createFilteredOutput({ sink, filter, output: createReadingOutput(sink, step) })
    : createDirectOutput(sink, step, undefined);
  const writer: EventWriter = createEventWriter({ sink: filter ? SSE_FRAMING : sink, output: client, beforeEvent });
  let heartbeat: NodeJS.Timeout | undefined;
  let isBlocked = false;
  const output: Output = {
    hasBegun: false,
    async begin(first) {
      output.hasBegun = true;
      const headers = {
        ...exchange.headers(),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
      };
      sink.head(200, headers);
      step.head(200, headers);
      // A client that does not read has no use for more.
      const beat = () => void (isBlocked || writer.writeText(': ping\n\n'));
      if (sink.transport === 'http') heartbeat = setInterval(beat, deps.limits.heartbeatMs);
      await writer.write(first);
    },
    async write(batch) {
      if (batch.length > 0) heartbeat?.refresh();
      isBlocked = true;
      await writer.write(batch);
      isBlocked = false;
    },
    async end() {
      clearInterval(heartbeat);
      await writer.writeText(sink.trailer);
      if (await client.end()) sink.end();
    },
  };
  exchange.abort.signal.addEventListener('abort', () => clearInterval(heartbeat), { once: true });
  return output;
}

/** Finds the events in SSE that a filter has changed. */
function createReadingOutput(sink: ClientSink, step: Step): ClientOutput {
  const watch = createAnswerWatch(true, true);
  return sink.transport === 'websocket'
    ? createMessageOutput({ sink, step, watch, isSse: true, status: 200 })
    : createDirectOutput(sink, step, watch);
}

function startEarly(opening: Promise<UpstreamReply>, begin: () => Promise<void>, afterMs: number): Promise<UpstreamReply> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => void begin().catch(reject), afterMs);
    opening.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
