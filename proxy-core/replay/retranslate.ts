/**
 * Recorded upstream bytes through today's translator: every step of a session runs through the whole bridge
 * again, in its recorded time, with an upstream that answers what was recorded. Nothing goes over a network.
 * Steps that were never translated are copied.
 */
import { createExchanges } from '../exchange/run-exchange.ts';
import { DEFAULT_LIMITS } from '../exchange/exchange-request.ts';
import type { ClientSink } from '../exchange/client-sink.ts';
import type { Masks } from '../exchange/step.ts';
import { createTap } from '../exchange/tap.ts';
import { toRecordedStep } from '../import/to-recorded-session.ts';
import type { Observer, TapEvent } from '../protocol/capture/tap-event.ts';
import { asObject, asString, parseJsonObject } from '../protocol/json.ts';
import { guessKind } from '../protocol/lint/upstream-digest/index.ts';
import { importRecordedSession } from '../recorder/import-sample.ts';
import { createMemoryResponseStore } from '../sessions/memory-response-store.ts';
import { readFrames } from '../sse/frame-reader.ts';
import type { TranslatingUpstream, UpstreamKind, UpstreamReply } from '../upstreams/upstream.ts';
import { lastAttempt, toText, upstreamBytes, type SessionRecord, type StepRecord } from '../bundle/session-record.ts';

export interface RetranslateOptions {
  record: SessionRecord;
  translators: Readonly<Partial<Record<UpstreamKind, TranslatingUpstream>>>;
  /** Of the new session. */
  sessionId: string;
  observers: readonly Observer[];
  /** Writes what they hold. */
  flush: () => unknown;
  masks: Masks;
  createId: (prefix: string) => string;
  signal: AbortSignal;
  onStep: (done: number) => void;
}

export async function retranslate(options: RetranslateOptions): Promise<void> {
  const { record, observers, signal, onStep } = options;
  const store = createMemoryResponseStore();
  for (const [index, step] of record.steps.entries()) {
    if (signal.aborted) return;
    const observe = (event: TapEvent): void => {
      const own = event.type === 'step.started' ? { ...event, index, sessionId: options.sessionId, replayOf: record.session.id } : event;
      for (const observer of observers) observer(own);
    };
    const kind = toKind(step, options.translators);
    if (kind === undefined) await copyStep(record, step, { ...options, observers: [observe] });
    else await translateStep(record, step, { ...options, kind, index, observe, store });
    await options.flush();
    onStep(index + 1);
  }
}

async function copyStep(record: SessionRecord, step: StepRecord, { observers, masks, createId, flush }: RetranslateOptions): Promise<void> {
  const session = { title: record.session.title, client: record.session.client, steps: [toRecordedStep(step)] };
  await importRecordedSession(session, { observers, createId, flush, masks: { ...masks } });
}

/** The format of the recorded upstream, when today's bridge would translate it. */
function toKind(step: StepRecord, translators: RetranslateOptions['translators']): UpstreamKind | undefined {
  const isResponses = step.transport === 'websocket' || /\/responses\/?(?:\?|$)/.test(step.request.path);
  if (!isResponses || step.request.method !== 'POST' || step.attempts.length === 0) return undefined;
  const known = Object.keys(translators).find((kind) => kind === step.step.upstreamKind) as UpstreamKind | undefined;
  if (known !== undefined) return known;
  // A gateway recorded on both sides: what its upstream said can be told in our words.
  const guessed = guessKind(readFrames(upstreamBytes(step)));
  return guessed !== undefined && guessed !== 'responses' && translators[guessed] ? guessed : undefined;
}

interface StepOptions extends RetranslateOptions {
  kind: UpstreamKind;
  index: number;
  observe: Observer;
  store: ReturnType<typeof createMemoryResponseStore>;
}

async function translateStep(record: SessionRecord, step: StepRecord, options: StepOptions): Promise<void> {
  const { kind, translators, observe, store, masks } = options;
  const translator = translators[kind] as TranslatingUpstream;
  const clock = { us: 0, hasSent: false };
  const gone = new AbortController();
  const exchanges = createExchanges({
    upstreams: [{ name: step.step.upstream, kind, baseURL: 'http://recorded.invalid', apiKey: 'recorded' }],
    translators: { [kind]: { ...translator, send: createRecordedSend(step, clock, gone) } },
    store,
    tap: createTap([observe], (error) => {
      throw error;
    }),
    masks,
    link: () => ({
      sessionId: options.sessionId,
      index: options.index,
      linkedBy: step.step.linkedBy,
      title: record.session.title,
      client: record.session.client,
    }),
    onCredential: () => undefined,
    createId: createRecordedIds(step, clock, options.createId),
    clockUs: () => clock.us,
    nowUs: () => step.step.startedAt + clock.us,
    env: {},
    limits: { ...DEFAULT_LIMITS, earlyStartMs: 600_000, heartbeatMs: 600_000 },
  });
  const upstreamName = /^\/u\/[^/]+\//.test(step.request.path) ? step.step.upstream : undefined;
  await exchanges.run('responses', { ...step.request, upstreamName }, createSilentSink(step.transport, gone.signal));
}

/** Answers what was recorded, and turns the clock as it was then. */
function createRecordedSend(step: StepRecord, clock: { us: number; hasSent: boolean }, gone: AbortController): TranslatingUpstream['send'] {
  const attempt = step.attempts.at(-1);
  const chunks = step.chunks.filter((chunk) => chunk.attempt === lastAttempt(step));
  return async (built, { onRequest, signal }): Promise<UpstreamReply> => {
    clock.hasSent = true;
    clock.us = attempt?.tUs ?? 0;
    onRequest({
      method: attempt?.method ?? 'POST',
      url: attempt?.url ?? '',
      headers: attempt?.headers ?? [],
      body: Buffer.from(JSON.stringify(built.body), 'utf8'),
    });
    if (!attempt || attempt.status === null) throw new Error(attempt?.error ?? 'no answer was recorded');
    return { status: attempt.status, headers: attempt.responseHeaders, body: body(signal) };
  };

  async function* body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (const { tUs, bytes } of chunks) {
      clock.us = tUs;
      yield bytes;
    }
    clock.us = Math.max(clock.us, Math.round((step.step.durationMs ?? 0) * 1000));
    if (step.step.status === 'cancelled') gone.abort();
    if (attempt?.error !== null || signal.aborted) throw new Error(attempt?.error ?? 'the client left');
  }
}

/**
 * The ids of the recorded answer once more, as far as they go, so that later steps find what they refer to.
 * Items are made after the upstream was asked; what gets an id before is the client's input.
 */
function createRecordedIds(
  step: StepRecord,
  clock: { hasSent: boolean },
  createId: (prefix: string) => string,
): (prefix: string) => string {
  const queues = new Map<string, string[]>();
  const bytes = Buffer.concat(step.writes.map((write) => write.bytes));
  const texts = step.transport === 'websocket' ? toText(bytes).split('\n') : readFrames(bytes).map(({ data }) => data);
  for (const text of texts) {
    const event = parseJsonObject(text);
    if (event?.['type'] !== 'response.output_item.added') continue;
    const item = asObject(event['item']);
    for (const id of [asString(item['id']), asString(item['call_id'])]) {
      const prefix = id?.slice(0, Math.max(0, id.indexOf('_')));
      if (id !== undefined && prefix) queues.set(prefix, [...(queues.get(prefix) ?? []), id]);
    }
  }
  return (prefix) => {
    if (prefix === 'resp') return step.step.responseId ?? createId(prefix);
    return (clock.hasSent ? queues.get(prefix)?.shift() : undefined) ?? createId(prefix);
  };
}

/** Nobody listens: the taps see what a client would have got. */
function createSilentSink(transport: 'http' | 'websocket', gone: AbortSignal): ClientSink {
  return {
    transport,
    gone,
    trailer: transport === 'http' ? 'data: [DONE]\n\n' : '',
    frame: (type, json) => (transport === 'http' ? `event: ${type}\ndata: ${json}\n\n` : `${json}\n`),
    head: () => undefined,
    write: () => undefined,
    end: () => undefined,
    destroy: () => undefined,
  };
}
