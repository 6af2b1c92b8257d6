/**
 * What the taps of the real exchange say about one translated stream: the frames of the bench's upstream
 * through translator, emitter and event writer, one read per frame, with a client that takes everything.
 */
import { createResponseObject } from '../../proxy-core/emitter/response-object.ts';
import { createResponsesEmitter } from '../../proxy-core/emitter/responses-emitter.ts';
import { createDirectOutput } from '../../proxy-core/exchange/client-output.ts';
import type { ClientSink } from '../../proxy-core/exchange/client-sink.ts';
import { createId } from '../../proxy-core/exchange/create-id.ts';
import { createEventWriter } from '../../proxy-core/exchange/event-writer.ts';
import { createStep } from '../../proxy-core/exchange/step.ts';
import { createStreamTranslator } from '../../proxy-core/exchange/translate-stream.ts';
import type { TapEvent } from '../../proxy-core/protocol/capture/tap-event.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import { anthropicFrames } from './wire-frames.ts';

const MODEL = 'claude-sonnet-5';

export function tapEventsOf(deltas: number): TapEvent[] {
  const events: TapEvent[] = [];
  emitStep(deltas, (event) => events.push(event));
  return events;
}

/** Tells the taps of a stream one by one, for streams too long to be held. */
export function emitStep(deltas: number, observe: (event: TapEvent) => void): void {
  let nowUs = 0;
  const request = {
    model: MODEL,
    stream: true,
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'How is the weather?' }] }],
  };
  const step = createStep({
    tap: { emit: observe, faults: 0 },
    masks: { headers: (headers) => headers, url: (url) => url, bytes: (bytes) => bytes, text: (text) => text },
    clockUs: () => (nowUs += 40),
    started: {
      stepId: createId('step'),
      sessionId: createId('sess'),
      index: 0,
      startedAtUs: Date.now() * 1000,
      transport: 'http',
      method: 'POST',
      path: '/v1/responses',
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify(request)),
      upstream: 'anthropic',
      upstreamKind: 'anthropic',
      model: MODEL,
      stream: true,
      previousResponseId: null,
      client: null,
      title: 'How is the weather?',
      linkedBy: null,
      isResponses: true,
    },
  });
  step.upstreamRequest({ method: 'POST', url: 'http://127.0.0.1/v1/messages', headers: [], body: Buffer.from('{}') });
  const headers = { 'content-type': 'text/event-stream' };
  step.upstreamResponse(200, Object.entries(headers));
  step.head(200, headers);

  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: createId('resp'), createdAt: 1_780_000_000, model: MODEL, body: request }),
    routes: new Map(),
    createId,
    now: () => 1_780_000_000,
  });
  const machine = translators.anthropic.createStreamMachine({
    request: { model: MODEL, body: request, items: [], tools: [], toolChoice: { type: 'auto' } },
    built: { body: {}, warnings: [] },
  });
  const stream = createStreamTranslator(machine, emitter);
  const sink = toGreedySink();
  const writer = createEventWriter({ sink, output: createDirectOutput(sink, step, undefined), beforeEvent: () => undefined });
  void writer.write(emitter.start());
  for (const bytes of anthropicFrames(deltas)) void writer.write(stream.push(bytes, step.chunk(bytes)));
  step.upstreamEnd('end');
  const { id, usage } = emitter.response;
  step.end({ status: 'completed', httpStatus: 200, responseId: id, responseIdAliases: [], model: MODEL, usage, error: null });
}

/** The same events of another step, in another session. */
export function asNewStep(events: readonly TapEvent[]): TapEvent[] {
  const stepId = createId('step');
  const sessionId = createId('sess');
  return events.map((event) => (event.type === 'step.started' ? { ...event, stepId, sessionId } : { ...event, stepId }));
}

function toGreedySink(): ClientSink {
  return {
    transport: 'http',
    gone: new AbortController().signal,
    trailer: 'data: [DONE]\n\n',
    frame: (type, json) => `event: ${type}\ndata: ${json}\n\n`,
    head: () => undefined,
    write: () => undefined,
    end: () => undefined,
    destroy: () => undefined,
  };
}
