/**
 * Random legal upstream streams through the real translator of each kind: whatever the upstream says and
 * wherever its bytes are cut, the client's stream keeps every invariant of a Responses stream.
 */
import fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { createResponseObject } from '../../proxy-core/emitter/response-object.ts';
import { createResponsesEmitter } from '../../proxy-core/emitter/responses-emitter.ts';
import { createStreamTranslator } from '../../proxy-core/exchange/translate-stream.ts';
import { asObject, asString } from '../../proxy-core/protocol/json.ts';
import { createLinter } from '../../proxy-core/protocol/lint/run-rules.ts';
import type { OutputItem, ResponseObject, ResponsesEvent } from '../../proxy-core/protocol/responses/wire.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import type { FakeKind } from '../helpers/fake-upstream.ts';
import { complaintsAbout, eventSchema } from '../helpers/open-responses-schema.ts';
import { anyPlan, toExpected, toFrames } from '../helpers/random-upstream.ts';

const MODELS: Record<FakeKind, string> = { anthropic: 'claude-sonnet-5', 'openai-chat': 'm', gemini: 'gemini-2.5-pro' };
const TERMINAL = /^response\.(completed|incomplete|failed)$/;

function translate(kind: FakeKind, chunks: Uint8Array[]): ResponsesEvent[] {
  let count = 0;
  const createId = (prefix: string): string => `${prefix}_${++count}`;
  const body = { tools: [] };
  const routes = new Map(['get_weather', 'get_time'].map((name) => [name, { type: 'function' as const, name }]));
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: 'resp_1', createdAt: 0, model: 'm', body }),
    routes,
    createId,
    now: () => 0,
  });
  const request = { model: MODELS[kind], body, items: [], tools: [], toolChoice: { type: 'auto' as const } };
  const machine = translators[kind].createStreamMachine({ request, built: { body: {}, warnings: [] } });
  const stream = createStreamTranslator(machine, emitter, { reader: translators[kind].createFrameReader?.() });
  const emitted = [...emitter.start(), ...chunks.flatMap((chunk) => stream.push(chunk, 0)), ...stream.end({ type: 'completed' })];
  return emitted.map(({ event }) => structuredClone(event));
}

function describeOutput(items: OutputItem[]): string[] {
  return items.map((item) => {
    if (item.type === 'message') return `text ${item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('')}`;
    if (item.type === 'reasoning') return `reasoning ${item.summary.map(({ text }) => text).join('')}`;
    return item.type === 'function_call' ? `call ${item.name} ${item.arguments}` : item.type;
  });
}

/** Mapping 2.0, one by one; the linter knows the same rules by other means. */
function expectInvariants(events: ResponsesEvent[]): void {
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
  const terminals = events.filter(({ type }) => TERMINAL.test(type));
  expect(terminals).toHaveLength(1);
  expect(terminals[0]).toBe(events.at(-1));
  expect(new Set(events.flatMap(({ response }) => (response === undefined ? [] : [asObject(response)['id']]))).size).toBe(1);
  const announced = new Map<number, string>();
  const done: OutputItem[] = [];
  let open: string | undefined;
  for (const event of events) {
    expect(complaintsAbout(eventSchema, event), event.type).toEqual([]);
    const index = event['output_index'] as number;
    if (event.type === 'response.output_item.added') {
      expect([index, open]).toEqual([announced.size, undefined]);
      open = asString(asObject(event['item'])['id']) ?? '';
      announced.set(index, open);
    } else if (event.type === 'response.output_item.done') {
      expect(asObject(event['item'])['id']).toBe(announced.get(index));
      done.push(event['item'] as OutputItem);
      open = undefined;
    } else if (event['item_id'] !== undefined) {
      expect([event['item_id'], event['item_id']]).toEqual([announced.get(index), open]);
    }
  }
  expect(new Set(announced.values()).size).toBe(announced.size);
  const final = events.at(-1)?.['response'] as ResponseObject;
  expect(final.output).toEqual(done);
  const callIds = done.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : []));
  expect(new Set(callIds).size).toBe(callIds.length);
}

function expectNoFindings(events: ResponsesEvent[]): void {
  const linter = createLinter();
  for (const [index, event] of events.entries()) {
    linter.event({ index, name: event.type, data: JSON.stringify(event), json: event, tUs: null, chunkIndex: null });
  }
  expect(linter.end().filter(({ severity }) => severity === 'error')).toEqual([]);
}

describe.each(Object.keys(translators) as FakeKind[])('random streams of %s', (kind) => {
  it('keep every invariant, item ids above all (pitfalls 1, 6, 9)', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const events = translate(kind, [Buffer.from(toFrames(kind, plan).join(''))]);
        expectInvariants(events);
        expectNoFindings(events);
        const final = events.at(-1)?.['response'] as ResponseObject;
        expect(final.status).toBe(plan.isCut ? 'failed' : 'completed');
        expect(describeOutput(final.output)).toEqual(toExpected(kind, plan));
      }),
      { numRuns: 120 },
    );
  });

  it('give the same events wherever their bytes are cut (pitfall 45)', () => {
    fc.assert(
      fc.property(anyPlan, fc.array(fc.nat(400), { maxLength: 12 }), (plan, cuts) => {
        const bytes = Buffer.from(toFrames(kind, plan).join(''));
        const borders = [...new Set(cuts.map((cut) => cut % Math.max(1, bytes.length)))].toSorted((left, right) => left - right);
        const chunks = [0, ...borders].map((from, index) => bytes.subarray(from, borders[index] ?? bytes.length));
        expect(translate(kind, chunks)).toEqual(translate(kind, [bytes]));
      }),
      { numRuns: 120 },
    );
  });

  it('are read by openai-node with the same output', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, async (plan) => {
        const events = translate(kind, [Buffer.from(toFrames(kind, plan).join(''))]);
        const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
        const sse = async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
        const client = new OpenAI({ apiKey: 'x', maxRetries: 0, fetch: sse });
        const final = await client.responses.stream({ model: 'x', input: 'x' }).finalResponse();
        expect(describeOutput(final.output as unknown as OutputItem[])).toEqual(toExpected(kind, plan));
      }),
      { numRuns: 40 },
    );
  });
});
