/**
 * For the tests of quirks: a clean two-step tool loop, made by the real emitter so that it is as genuine as
 * what the bridge sends, and what a client gets of it with quirks on.
 */
import { createResponseObject } from '../emitter/response-object.ts';
import { createResponsesEmitter } from '../emitter/responses-emitter.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import { createFrameReader } from '../sse/frame-reader.ts';
import { createQuirkedStream } from './apply-quirks.ts';
import type { Quirk } from './quirk.ts';

const FIRST_EVENT_US = 400_000;
const EVENT_GAP_US = 40_000;

export interface Step {
  request: JsonObject;
  frames: string[];
}

function createIds() {
  let count = 0;
  return (prefix: string) => `${prefix}_${(++count).toString(16).padStart(48, '0')}`;
}

/** Reasoning, text and two parallel calls; then a long answer. */
export function createLoop(): Step[] {
  const createId = createIds();
  const reasoning = (key: string): StreamEvent[] => [
    { type: 'reasoning-start', key },
    { type: 'reasoning-delta', key, text: 'Let me ' },
    { type: 'reasoning-delta', key, text: 'think.' },
    { type: 'reasoning-end', key, encryptedContent: 'ds1.x' },
  ];
  const text = (key: string, words: string[]): StreamEvent[] => [
    { type: 'text-start', key },
    ...words.map((word): StreamEvent => ({ type: 'text-delta', key, text: word })),
    { type: 'text-end', key },
  ];
  const call = (key: string, city: string): StreamEvent[] => [
    { type: 'tool-input-start', key, callId: `call_${city}`, name: 'get_weather' },
    { type: 'tool-input-delta', key, delta: '{"city":' },
    { type: 'tool-input-delta', key, delta: `"${city}"}` },
    { type: 'tool-input-end', key },
  ];
  const end = (reason: 'stop' | 'tool-calls'): StreamEvent[] => [
    { type: 'usage', usage: { inputTokens: 9, outputTokens: 5 }, raw: {} },
    { type: 'finish', reason },
  ];
  const tools = [{ type: 'function', name: 'get_weather', description: null, parameters: {}, strict: false }];
  const first: JsonObject = { model: 'm', stream: true, tools, input: [{ role: 'user', content: 'Weather?' }] };
  const firstFrames = emit(first, createId, [
    ...reasoning('r'),
    ...text('t', ['I will ', 'look.']),
    ...call('a', 'Rome'),
    ...call('b', 'Oslo'),
    ...end('tool-calls'),
  ]);
  const outputs = ['Rome', 'Oslo'].map((city) => ({ type: 'function_call_output', call_id: `call_${city}`, output: 'Sunny.' }));
  const second: JsonObject = {
    model: 'm',
    stream: true,
    tools,
    input: outputs,
    previous_response_id: 'resp_000000000000000000000000000000000000000000000001',
  };
  const words = Array.from({ length: 220 }, (_, index) => `word${index} `);
  return [
    { request: first, frames: firstFrames },
    { request: second, frames: emit(second, createId, [...reasoning('r'), ...text('t', words), ...end('stop')]) },
  ];
}

function emit(body: JsonObject, createId: (prefix: string) => string, events: StreamEvent[]): string[] {
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: createId('resp'), createdAt: 1_760_000_000, model: 'm', body }),
    routes: new Map([['get_weather', { type: 'function', name: 'get_weather' }]]),
    createId,
    now: () => 1_760_000_001,
  });
  const emitted = [...emitter.start(), ...events.flatMap((event) => emitter.push(event)), ...emitter.end({ type: 'completed' })];
  return [...emitted.map(({ event }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'];
}

export interface Arrival {
  event: string | null;
  data: string;
  terminated: boolean;
  tUs: number;
}

/** The stream as a client gets it: frames, and when each was complete. */
export function serve(step: Step, on: readonly Quirk[]): { arrivals: Arrival[]; bytes: string; isCut: boolean; delaysMs: number[] } {
  const stream = createQuirkedStream(on, { request: step.request, createId: createIds() });
  const reader = createFrameReader();
  const result = { arrivals: [] as Arrival[], bytes: '', isCut: false, delaysMs: [] as number[] };
  const receive = (deliveries: ReturnType<typeof stream.push>, tUs: number) => {
    for (const delivery of deliveries) {
      if (delivery.type === 'disconnect') {
        result.isCut = true;
        continue;
      }
      result.delaysMs.push(delivery.delayMs);
      result.bytes += Buffer.from(delivery.bytes).toString('utf8');
      for (const frame of reader.push(delivery.bytes)) result.arrivals.push({ ...frame, tUs });
    }
  };
  step.frames.forEach((frame, index) => receive(stream.push(Buffer.from(frame, 'utf8')), FIRST_EVENT_US + index * EVENT_GAP_US));
  const endUs = FIRST_EVENT_US + step.frames.length * EVENT_GAP_US;
  receive(stream.end(), endUs);
  for (const frame of reader.end()) result.arrivals.push({ ...frame, tUs: endUs });
  return result;
}
