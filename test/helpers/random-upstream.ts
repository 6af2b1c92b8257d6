/**
 * Random legal answers as each provider would stream them, for property tests: a plan of blocks, the frames
 * that say it on the wire, and what a client must get of it.
 */
import fc from 'fast-check';
import type { FakeKind } from './fake-upstream.ts';

export type PlannedBlock =
  | { kind: 'text'; pieces: string[] }
  | { kind: 'thinking'; pieces: string[] }
  | { kind: 'call'; name: string; input: { city: string }; cutAt: number };

export interface Plan {
  blocks: PlannedBlock[];
  isCut: boolean;
}

/** `text "…"`, `reasoning "…"`, `call name {…}`, in order. */
export type Expected = string[];

const piece = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '');
const pieces = fc.array(piece, { minLength: 1, maxLength: 4 });
const block: fc.Arbitrary<PlannedBlock> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pieces }),
  fc.record({ kind: fc.constant('thinking' as const), pieces }),
  fc.record({
    kind: fc.constant('call' as const),
    name: fc.constantFrom('get_weather', 'get_time'),
    input: fc.record({ city: piece }),
    cutAt: fc.nat(20),
  }),
);

export const anyPlan: fc.Arbitrary<Plan> = fc.record({
  blocks: fc.array(block, { maxLength: 6 }),
  isCut: fc.boolean(),
});

export function toFrames(kind: FakeKind, plan: Plan): string[] {
  return { anthropic: toAnthropic, 'openai-chat': toChat, gemini: toGemini }[kind](plan);
}

/** Text that follows text is one text everywhere; thoughts that follow thoughts only where nothing divides them. */
export function toExpected(kind: FakeKind, { blocks }: Plan): Expected {
  const merged: { kind: string; text: string }[] = [];
  for (const one of blocks) {
    const last = merged.at(-1);
    const text = one.kind === 'call' ? `${one.name} ${JSON.stringify(one.input)}` : one.pieces.join('');
    const isOne = last?.kind === one.kind && (one.kind === 'text' || (one.kind === 'thinking' && kind !== 'anthropic'));
    if (last && isOne) last.text += text;
    else merged.push({ kind: one.kind, text });
  }
  return merged.map((one) => (one.kind === 'call' ? `call ${one.text}` : `${one.kind === 'text' ? 'text' : 'reasoning'} ${one.text}`));
}

const sse = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;

function toAnthropic({ blocks, isCut }: Plan): string[] {
  const event = (payload: { type: string; [field: string]: unknown }): string => `event: ${payload.type}\n${sse(payload)}`;
  const usage = { input_tokens: 3, output_tokens: 1 };
  const begin = event({
    type: 'message_start',
    message: { id: 'msg_01', role: 'assistant', model: 'claude-sonnet-5', content: [], usage },
  });
  const body = blocks.flatMap((one, index) => {
    const delta = (fields: object): string => event({ type: 'content_block_delta', index, delta: fields });
    const start = (content_block: object): string => event({ type: 'content_block_start', index, content_block });
    const stop = event({ type: 'content_block_stop', index });
    if (one.kind === 'text') {
      return [start({ type: 'text', text: '' }), ...one.pieces.map((text) => delta({ type: 'text_delta', text })), stop];
    }
    if (one.kind === 'thinking') {
      const thoughts = one.pieces.map((thinking) => delta({ type: 'thinking_delta', thinking }));
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...thoughts,
        delta({ type: 'signature_delta', signature: `S${index}` }),
        stop,
      ];
    }
    const parts = inParts(one).map((partial_json) => delta({ type: 'input_json_delta', partial_json }));
    return [start({ type: 'tool_use', id: `toolu_${index}`, name: one.name, input: {} }), ...parts, stop];
  });
  const reason = blocks.some(({ kind }) => kind === 'call') ? 'tool_use' : 'end_turn';
  const end = [
    event({ type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 9 } }),
    event({ type: 'message_stop' }),
  ];
  return [begin, ...body, ...(isCut ? [] : end)];
}

function toChat({ blocks, isCut }: Plan): string[] {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    sse({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] });
  let calls = 0;
  const body = blocks.flatMap((one) => {
    if (one.kind === 'text') return one.pieces.map((content) => chunk({ content }));
    if (one.kind === 'thinking') return one.pieces.map((reasoning_content) => chunk({ reasoning_content }));
    const index = calls++;
    const first = { index, id: `call_${index}`, type: 'function', function: { name: one.name, arguments: '' } };
    return [
      chunk({ tool_calls: [first] }),
      ...inParts(one).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
    ];
  });
  const usage = sse({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [],
    usage: { prompt_tokens: 3, completion_tokens: 9 },
  });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...body,
    ...(isCut ? [] : [chunk({}, calls > 0 ? 'tool_calls' : 'stop'), usage, 'data: [DONE]\n\n']),
  ];
}

function toGemini({ blocks, isCut }: Plan): string[] {
  const chunk = (parts: object[], more: object = {}): string =>
    sse({
      candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 9 },
    });
  const body = blocks.flatMap((one) => {
    if (one.kind === 'text') return one.pieces.map((text) => chunk([{ text }]));
    if (one.kind === 'thinking') return one.pieces.map((text) => chunk([{ text, thought: true }]));
    return [chunk([{ functionCall: { name: one.name, args: one.input } }])];
  });
  return [...body, ...(isCut ? [] : [chunk([{ text: '' }], { finishReason: 'STOP' })])];
}

function inParts({ input, cutAt }: Extract<PlannedBlock, { kind: 'call' }>): string[] {
  const json = JSON.stringify(input);
  const at = Math.min(cutAt, json.length);
  return [json.slice(0, at), json.slice(at)].filter((part) => part !== '');
}
