/**
 * The story of one translated request, readable top to bottom: prepare, open, stream, end. Errors before
 * the first byte are thrown (run-exchange makes HTTP errors of them); after it they end the stream with
 * `response.failed`. A second turn may arrive the moment the terminal event is out, so the store is
 * written before.
 */
import type { Emitted } from '../emitter/responses-emitter.ts';
import { isProxyError } from '../errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { EndCause } from '../protocol/stream/machine.ts';
import type { TranslatingUpstream, UpstreamReply } from '../upstreams/upstream.ts';
import { createAnswerWatch } from './answer-watch.ts';
import { createDirectOutput, createFilteredOutput, type StreamFilter } from './client-output.ts';
import type { ClientSink } from './client-sink.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import type { ExchangeDeps } from './exchange-request.ts';
import { describeFault, openUpstream, type AbortReason } from './open-upstream.ts';
import { prepareTranslated } from './prepare-translated.ts';
import { sendJson } from './send-json.ts';
import type { Step } from './step.ts';
import { createStoredResponse } from './store-response.ts';
import { createStreamTranslator, type StreamTranslator } from './translate-stream.ts';
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
  /** Headers of every answer of this step. */
  headers: () => Record<string, string>;
  /** Aborts the upstream; the reason says why. */
  abort: AbortController;
  /** Quirks: change the finished stream on its way to the client; the store keeps the clean one. */
  filter: StreamFilter | undefined;
  onTrouble: (error: unknown) => void;
}

export async function runTranslated(exchange: TranslatedExchange): Promise<void> {
  const { deps, sink, step, target, translator, abort } = exchange;
  const { generate, ...others } = exchange.body;
  const body = sink.transport === 'websocket' ? others : exchange.body;
  const prepared = prepareTranslated({
    body,
    model: target.model,
    config: target.config,
    translator,
    store: deps.store,
    sessionId: exchange.sessionId,
    createId: deps.createId,
    nowUs: deps.nowUs,
    onWarning: (warning) => step.warn(warning),
  });
  for (const warning of prepared.warnings) step.warn(warning);
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
  const stream = createStreamTranslator(translator.createStreamMachine({ request, built }), emitter, translator.createFrameReader?.());
  const output = isStreaming ? createStreamedOutput(exchange, stored.beforeEvent) : createCollectedOutput(stored.beforeEvent);

  stored.begin();
  if (generate === false && sink.transport === 'websocket') return await finishUnasked();
  const opening = openUpstream({
    translator,
    config: target.config,
    built,
    model: target.model,
    credential: exchange.credential,
    step,
    signal: abort.signal,
  });
  let reply: UpstreamReply;
  try {
    reply = await (isStreaming ? startEarly(opening, () => output.begin(emitter.start()), deps.limits.earlyStartMs) : opening);
  } catch (error) {
    if (!output.hasBegun && !abort.signal.aborted) {
      stored.abandon();
      throw error;
    }
    return finish({ cause: toEndCause(abort.signal, error) });
  }
  if (!output.hasBegun) await output.begin(emitter.start());
  await finish(await pump(reply, { exchange, stream, output }));

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
    ? createFilteredOutput({ sink, step, watch: createAnswerWatch(true, true), filter })
    : createDirectOutput(sink, step, undefined);
  const writer: EventWriter = createEventWriter({ sink, output: client, beforeEvent });
  let heartbeat: NodeJS.Timeout | undefined;
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
      if (sink.transport === 'http') heartbeat = setInterval(() => void writer.writeText(': ping\n\n'), deps.limits.heartbeatMs);
      await writer.write(first);
    },
    async write(batch) {
      if (batch.length > 0) heartbeat?.refresh();
      await writer.write(batch);
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

interface Pump {
  exchange: TranslatedExchange;
  stream: StreamTranslator;
  output: Output;
}

interface PumpEnd {
  cause: EndCause;
  /** Settles when the upstream's body has been read to its end (or given up). Never rejects. */
  rest?: Promise<void>;
}

/** Upstream bytes to the client until one side is over; says how it ended. */
async function pump(reply: UpstreamReply, { exchange, stream, output }: Pump): Promise<PumpEnd> {
  const { step, abort, deps } = exchange;
  const idle = setTimeout(() => abort.abort('timeout' satisfies AbortReason), deps.limits.idleTimeoutMs);
  const body = reply.body[Symbol.asyncIterator]();
  try {
    for (let next = await body.next(); !next.done; next = await body.next()) {
      idle.refresh();
      const emitted = stream.push(next.value, step.chunk(next.value));
      if (emitted.length > 0) await output.write(emitted);
      if (stream.isOver) return { cause: { type: 'completed' }, rest: drain(body, exchange) };
    }
    step.upstreamEnd('end');
    return { cause: { type: 'completed' } };
  } catch (error) {
    const cause = toEndCause(abort.signal, error, stream);
    step.upstreamEnd(
      cause.type === 'upstream-error' ? 'reset' : cause.type === 'timeout' ? 'timeout' : 'aborted',
      'detail' in cause ? cause.detail : undefined,
    );
    return { cause };
  } finally {
    clearTimeout(idle);
  }
}

/** The answer is over; what the upstream still sends is recorded, but the client does not wait for it. */
async function drain(body: AsyncIterator<Uint8Array>, { step, abort, deps }: TranslatedExchange): Promise<void> {
  const limit = setTimeout(() => abort.abort('timeout' satisfies AbortReason), deps.limits.drainMs);
  try {
    for (let next = await body.next(); !next.done; next = await body.next()) step.chunk(next.value);
    step.upstreamEnd('end');
  } catch (error) {
    step.upstreamEnd(abort.signal.aborted ? 'aborted' : 'reset', describeFault(error));
  } finally {
    clearTimeout(limit);
  }
}

function startEarly(opening: Promise<UpstreamReply>, begin: () => Promise<void>, afterMs: number): Promise<UpstreamReply> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => void begin().catch(reject), afterMs);
    opening.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function toEndCause(signal: AbortSignal, error: unknown, stream?: StreamTranslator): EndCause {
  const reason = signal.aborted ? (signal.reason as AbortReason) : undefined;
  const place = stream ? ` after ${stream.bytesRead} bytes${stream.lastFrame ? ` (last event: ${stream.lastFrame})` : ''}` : '';
  if (reason === 'client-gone' || reason === 'shutdown') return { type: reason };
  if (reason === 'timeout') return { type: 'timeout', detail: `The upstream was silent for too long${place}.` };
  return { type: 'upstream-error', detail: isProxyError(error) ? error.message : `${describeFault(error)}${place}` };
}
