import { describe, expect, it } from 'vitest';
import { createResponseObject } from '../emitter/response-object.ts';
import { createResponsesEmitter } from '../emitter/responses-emitter.ts';
import type { EndCause } from '../protocol/stream/machine.ts';
import { translators } from '../upstreams/index.ts';
import { createStreamTranslator } from './translate-stream.ts';

/** Frames of a Chat Completions answer, and the type of the last event that comes of them. */
function lastEvent(payloads: (object | string)[], cause: EndCause): string | undefined {
  let count = 0;
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: 'resp_1', createdAt: 0, model: 'm', body: {} }),
    routes: new Map(),
    createId: (prefix) => `${prefix}_${++count}`,
    now: () => 0,
  });
  const request = { model: 'm', body: {}, items: [], tools: [], toolChoice: { type: 'auto' as const } };
  const machine = translators['openai-chat'].createStreamMachine({ request, built: { body: {}, warnings: [] } });
  const stream = createStreamTranslator(machine, emitter);
  const text = payloads.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');
  const emitted = [...emitter.start(), ...stream.push(Buffer.from(text), 0), ...stream.end(cause)];
  expect(emitted.filter(({ event }) => ['response.completed', 'response.failed', 'response.incomplete'].includes(event.type))).toHaveLength(
    1,
  );
  return emitted.at(-1)?.event.type;
}

const text = { choices: [{ index: 0, delta: { content: 'Hi' } }] };
const stop = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const broken: EndCause = { type: 'upstream-error', detail: 'ECONNRESET' };

describe('stream translator', () => {
  it('ends once, as soon as the upstream says that it is done', () => {
    expect(lastEvent([text, stop, '[DONE]'], broken)).toBe('response.completed');
  });

  it('fails when the connection breaks before the answer is whole', () => {
    expect(lastEvent([text], broken)).toBe('response.failed');
    expect(lastEvent([text], { type: 'completed' })).toBe('response.failed');
  });

  it('completes an answer that the upstream has finished, though its connection breaks', () => {
    expect(lastEvent([text, stop], broken)).toBe('response.completed');
  });
});
