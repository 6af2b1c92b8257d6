/** Tap events for tests: a step as the exchange would tell it. */
import type { EmittedEvent, StepEnded, StepStarted, TapEvent } from '../protocol/capture/tap-event.ts';

export const START_US = 1_795_000_000_000_000;

export function stepStarted(patch: Partial<StepStarted> = {}): StepStarted {
  return {
    type: 'step.started',
    stepId: 'step_1',
    sessionId: 'sess_1',
    index: 0,
    startedAtUs: START_US,
    transport: 'http',
    method: 'POST',
    path: '/v1/responses',
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ model: 'claude-haiku-4-5', stream: true, input: 'What is the weather in Paris?' })),
    upstream: 'anthropic',
    upstreamKind: 'anthropic',
    model: 'claude-haiku-4-5',
    stream: true,
    previousResponseId: null,
    client: { name: 'AI SDK 6', version: '3.0.141' },
    title: 'What is the weather in Paris?',
    linkedBy: null,
    isResponses: true,
    ...patch,
  };
}

export function stepEnded(patch: Partial<StepEnded> = {}): StepEnded {
  return {
    type: 'step.ended',
    stepId: 'step_1',
    tUs: 200_000,
    status: 'completed',
    httpStatus: 200,
    responseId: 'resp_1',
    responseIdAliases: [],
    model: null,
    usage: null,
    error: null,
    ...patch,
  };
}

/** Events in one write each, as the translated route makes them. */
export function writes(
  stepId: string,
  payloads: Record<string, unknown>[],
  from: { index?: number; offset?: number; tUs?: number } = {},
): TapEvent[] {
  let offset = from.offset ?? 0;
  return payloads.map((json, i): TapEvent => {
    const data = JSON.stringify(json);
    const bytes = Buffer.from(`event: ${String(json['type'])}\ndata: ${data}\n\n`);
    const tUs = (from.tUs ?? 1_000) + i * 100;
    const event: EmittedEvent = {
      index: (from.index ?? 0) + i,
      name: String(json['type']),
      data,
      json,
      offset,
      length: bytes.length,
      tUs,
      chunkIndex: i === 0 ? null : i - 1,
    };
    offset += bytes.length;
    return { type: 'client.write', stepId, tUs, bytes, events: [event] };
  });
}
