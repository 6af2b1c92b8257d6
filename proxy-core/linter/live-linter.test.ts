import { describe, expect, it } from 'vitest';
import type { EmittedEvent, StepStarted, TapEvent } from '../protocol/capture/tap-event.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { change, messageEvents, textStream, wholeStream } from '../protocol/lint/example-streams.ts';
import { toCaseEvents } from '../protocol/lint/run-case.ts';
import { createLiveLinter, type LiveLinterOptions } from './live-linter.ts';

const anthropic = [
  { type: 'message_start', message: { usage: { input_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'It is sunny.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
];
const sse = (objects: object[]): Uint8Array => Buffer.from(objects.map((object) => `data: ${JSON.stringify(object)}\n\n`).join(''));

function started(overrides: Partial<StepStarted> & { request?: JsonObject } = {}): StepStarted {
  const { request, ...rest } = overrides;
  return {
    type: 'step.started',
    stepId: 'step-1',
    sessionId: 'session-1',
    index: 0,
    startedAtUs: 0,
    transport: 'http',
    method: 'POST',
    path: '/v1/responses',
    headers: [],
    body: Buffer.from(JSON.stringify(request ?? { model: 'm', input: 'Hi', stream: true })),
    upstream: 'anthropic',
    upstreamKind: 'anthropic',
    model: 'm',
    stream: true,
    previousResponseId: null,
    client: null,
    title: 'Hi',
    linkedBy: null,
    isResponses: true,
    ...rest,
  };
}

function emit(events: JsonObject[]): EmittedEvent[] {
  return toCaseEvents(events).map((event) => ({ ...event, offset: 0, length: 0, tUs: event.index }));
}

/** One step from its start to its end, one write per event. */
function stepEvents(
  begin: StepStarted,
  upstream: Uint8Array | null,
  emitted: JsonObject[],
  status: 'completed' | 'cancelled' = 'completed',
): TapEvent[] {
  const { stepId } = begin;
  return [
    begin,
    { type: 'upstream.request', stepId, attempt: 0, tUs: 1, method: 'POST', url: '', headers: [], body: new Uint8Array() },
    { type: 'upstream.response', stepId, attempt: 0, tUs: 2, status: 200, headers: [['Content-Type', 'text/event-stream']] },
    ...(upstream ? [{ type: 'upstream.chunk' as const, stepId, attempt: 0, index: 0, tUs: 3, bytes: upstream }] : []),
    { type: 'upstream.end', stepId, attempt: 0, tUs: 4, cause: 'end' },
    { type: 'client.head', stepId, tUs: 5, status: 200, headers: [['content-type', 'text/event-stream']] },
    ...emit(emitted).map((event) => ({ type: 'client.write' as const, stepId, tUs: 6, bytes: new Uint8Array(), events: [event] })),
    {
      type: 'step.ended',
      stepId,
      tUs: 7,
      status,
      httpStatus: 200,
      responseId: null,
      responseIdAliases: [],
      model: null,
      usage: null,
      error: null,
    },
  ];
}

function run(events: TapEvent[], options: Partial<LiveLinterOptions> = {}) {
  const live: [string, Finding[]][] = [];
  const final = new Map<string, Finding[]>();
  const observe = createLiveLinter({
    onFindings: (stepId, findings) => live.push([stepId, findings]),
    onStepFindings: (stepId, findings) => final.set(stepId, findings),
    ...options,
  });
  for (const event of events) observe(event);
  return { live, final };
}

describe('live linter', () => {
  it('finds nothing in a clean step', () => {
    const { live, final } = run(stepEvents(started(), sse(anthropic), textStream()));
    expect(live).toEqual([]);
    expect(final.get('step-1')).toEqual([]);
  });

  it('reports a finding with the write that shows it, and the whole list at the end', () => {
    const broken = change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-1' });
    const { live, final } = run(stepEvents(started(), sse(anthropic), broken));
    expect(live.map(([, findings]) => findings.map(({ rule, event }) => [rule, event]))).toEqual([
      [['item-id-announced', 4]],
      [['item-id-announced', 5]],
    ]);
    expect(final.get('step-1')).toMatchObject([
      { event: 4, hop: 'bridge', related: [5] },
      { event: 5, hop: 'bridge', related: [4] },
    ]);
  });

  it('says that the upstream made the fault when its own stream has it', () => {
    const broken = change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-1' }, 0);
    const upstream = sse(toCaseEvents(broken).map(({ json }) => json as JsonObject));
    const { final } = run(stepEvents(started({ upstreamKind: 'responses' }), upstream, broken));
    expect(final.get('step-1')?.filter(({ severity }) => severity === 'error')).toMatchObject([
      { rule: 'item-id-announced', hop: 'upstream' },
    ]);
  });

  it('says that the bridge lost what the upstream sent', () => {
    const { final } = run(stepEvents(started(), sse(anthropic), wholeStream(messageEvents(0, 'msg_1', ['It is ']))));
    expect(final.get('step-1')).toMatchObject([{ rule: 'upstream-content-kept', hop: 'bridge', event: null }]);
  });

  it('does not blame the stream when the client left', () => {
    const { final } = run(stepEvents(started(), sse(anthropic), textStream().slice(0, 5), 'cancelled'));
    expect(final.get('step-1')).toEqual([]);
  });

  it('remembers the ids of earlier steps of the session', () => {
    const second = started({
      stepId: 'step-2',
      index: 1,
      request: {
        model: 'm',
        input: [
          { type: 'message', id: 'msg_unknown', role: 'assistant', content: 'Hi' },
          { role: 'user', content: 'And?' },
        ],
      },
    });
    const other = change(
      change(change(textStream(), 'response.created', { response: { id: 'resp_2' } }), 'response.in_progress', {
        response: { id: 'resp_2' },
      }),
      'response.completed',
      {
        response: { id: 'resp_2' },
      },
    );
    const { final } = run([...stepEvents(started(), sse(anthropic), textStream()), ...stepEvents(second, sse(anthropic), other)]);
    expect(final.get('step-2')).toMatchObject([
      { rule: 'item-id-unique', itemId: 'msg_1' },
      { rule: 'input-ids-known', itemId: 'msg_unknown', hop: 'client' },
    ]);
  });

  it('reads an unknown previous response out of the error that the client got', () => {
    const begin = started({ request: { model: 'm', input: 'Hi', previous_response_id: 'resp_gone' } });
    const body = Buffer.from(
      JSON.stringify({
        error: {
          message: "Previous response with id 'resp_gone' not found.",
          type: 'invalid_request_error',
          param: 'previous_response_id',
          code: 'previous_response_not_found',
        },
      }),
    );
    const stepId = begin.stepId;
    const { final } = run([
      begin,
      { type: 'client.head', stepId, tUs: 1, status: 400, headers: [['content-type', 'application/json']] },
      { type: 'client.write', stepId, tUs: 1, bytes: body, events: [] },
      {
        type: 'step.ended',
        stepId,
        tUs: 2,
        status: 'failed',
        httpStatus: 400,
        responseId: null,
        responseIdAliases: [],
        model: null,
        usage: null,
        error: null,
      },
    ]);
    expect(final.get('step-1')).toMatchObject([{ rule: 'previous-response-resolves', hop: 'client', event: null, actual: 'resp_gone' }]);
  });

  it('leaves steps that are no Responses traffic alone', () => {
    expect(run(stepEvents(started({ isResponses: false }), null, [])).final.size).toBe(0);
  });
});
