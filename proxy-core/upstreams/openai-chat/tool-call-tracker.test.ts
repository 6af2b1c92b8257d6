import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import type { CallFragment } from './chunk.ts';
import { createToolCallTracker, flushCalls, hasNamelessCall, pushFragment } from './tool-call-tracker.ts';

type Piece = Partial<CallFragment>;

function run(pieces: Piece[], isWhole = true): StreamEvent[] {
  const tracker = createToolCallTracker();
  const outputs = pieces.flatMap((piece) => pushFragment(tracker, { index: null, id: null, name: null, arguments: '', ...piece }));
  return [...outputs, ...flushCalls(tracker, isWhole)];
}

/** `call_a weather({"x":1})`, in the order of the starts; `…` marks a call that never ended. */
function calls(events: StreamEvent[]): string[] {
  const byKey = new Map<string, { head: string; text: string; hasEnded: boolean }>();
  for (const event of events) {
    if (event.type === 'tool-input-start')
      byKey.set(event.key, { head: `${event.callId ?? '-'} ${event.name}`, text: '', hasEnded: false });
    if (event.type === 'tool-input-delta') (byKey.get(event.key) as { text: string }).text += event.delta;
    if (event.type === 'tool-input-end') (byKey.get(event.key) as { hasEnded: boolean }).hasEnded = true;
  }
  return [...byKey.values()].map(({ head, text, hasEnded }) => `${head}(${text})${hasEnded ? '' : '…'}`);
}

const openKeysAtOnce = (events: StreamEvent[]): number => {
  let open = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === 'tool-input-start') most = Math.max(most, ++open);
    if (event.type === 'tool-input-end') open -= 1;
  }
  return most;
};

describe('tool call tracker', () => {
  it('streams a call as its fragments come', () => {
    const events = run([
      { index: 0, id: 'call_a', name: 'f' },
      { index: 0, arguments: '{"x"' },
      { index: 0, arguments: ':1}' },
    ]);
    expect(events.map((event) => event.type)).toEqual(['tool-input-start', 'tool-input-delta', 'tool-input-delta', 'tool-input-end']);
    expect(calls(events)).toEqual(['call_a f({"x":1})']);
  });

  it('emits interleaved calls one after another (pitfall 31)', () => {
    const events = run([
      { index: 0, id: 'a', name: 'f', arguments: '{"x"' },
      { index: 1, id: 'b', name: 'g', arguments: '{' },
      { index: 0, arguments: ':1}' },
      { index: 1, arguments: '}' },
    ]);
    expect(events.map((event) => [event.type, 'key' in event ? event.key : ''])).toEqual([
      ['tool-input-start', 'call-0'],
      ['tool-input-delta', 'call-0'],
      ['tool-input-delta', 'call-0'],
      ['tool-input-end', 'call-0'],
      ['tool-input-start', 'call-1'],
      ['tool-input-delta', 'call-1'],
      ['tool-input-delta', 'call-1'],
      ['tool-input-end', 'call-1'],
    ]);
  });

  it.each<[string, Piece[], string[]]>([
    [
      'a new id on a known index',
      [
        { index: 0, id: 'a', name: 'f', arguments: '{}' },
        { index: 0, id: 'b', name: 'f', arguments: '{"y":2}' },
      ],
      ['a f({})', 'b f({"y":2})'],
    ],
    [
      'no ids, one index for all',
      [
        { index: 0, name: 'f', arguments: '{"x":1}' },
        { index: 0, name: 'g', arguments: '{"y":2}' },
      ],
      ['- f({"x":1})', '- g({"y":2})'],
    ],
    [
      'no index, ids',
      [
        { id: 'a', name: 'f', arguments: '{"x"' },
        { id: 'b', name: 'g', arguments: '{}' },
        { id: 'a', arguments: ':1}' },
      ],
      ['a f({"x":1})', 'b g({})'],
    ],
    [
      'neither index nor id',
      [{ name: 'f', arguments: '{"x":' }, { arguments: '1}' }, { name: 'f', arguments: '{"x":2}' }, { name: 'g' }],
      ['- f({"x":1})', '- f({"x":2})', '- g()'],
    ],
    [
      'id and name repeated in every fragment',
      [
        { index: 0, id: 'a', name: 'f', arguments: '{"x"' },
        { index: 0, id: 'a', name: 'f', arguments: ':1}' },
      ],
      ['a f({"x":1})'],
    ],
    [
      'an empty name after the first fragment',
      [
        { index: 0, id: 'a', name: 'f' },
        { index: 0, name: null, arguments: '{}' },
      ],
      ['a f({})'],
    ],
    [
      'a name that comes after the arguments',
      [
        { index: 0, id: 'a', arguments: '{"x":1}' },
        { index: 0, name: 'f' },
      ],
      ['a f({"x":1})'],
    ],
    [
      'an id that comes after the name',
      [
        { index: 0, name: 'f' },
        { index: 0, id: 'a', arguments: '{}' },
      ],
      ['a f({})'],
    ],
    ['indexes that begin at 1', [{ index: 1, id: 'a', name: 'f', arguments: '{}' }], ['a f({})']],
    [
      'two calls without arguments',
      [
        { index: 0, id: 'a', name: 'f' },
        { index: 1, id: 'b', name: 'g' },
      ],
      ['a f()', 'b g()'],
    ],
  ])('tells calls apart with %s', (_, pieces, expected) => {
    expect(calls(run(pieces))).toEqual(expected);
  });

  it('does not let a repeated whole call spoil its arguments', () => {
    const events = run([
      { index: 0, id: 'a', name: 'f', arguments: '{"x":1}' },
      { index: 0, id: 'a', name: 'f', arguments: '{"x":1}' },
    ]);
    expect(calls(events)).toEqual(['a f({"x":1})']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'late_arguments' }));
  });

  it('leaves cut calls open and still gives out what was held back', () => {
    const pieces = [
      { index: 0, id: 'a', name: 'f', arguments: '{"x"' },
      { index: 1, id: 'b', name: 'g', arguments: '{"y":2}' },
    ];
    expect(calls(run(pieces, false))).toEqual(['a f({"x")…', 'b g({"y":2})…']);
  });

  it('notices a call that never got a name', () => {
    const tracker = createToolCallTracker();
    pushFragment(tracker, { index: 0, id: 'a', name: null, arguments: '{}' });
    expect(hasNamelessCall(tracker)).toBe(true);
    expect(flushCalls(tracker, true)).toEqual([]);
  });

  it('keeps all arguments whatever the fragments and their interleaving', () => {
    const call = fc.record({ name: fc.constantFrom('f', 'g', 'h'), value: fc.dictionary(fc.string(), fc.jsonValue()) });
    const property = fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (wanted, random) => {
      const next = (limit: number): number => (random.next().value as number) % limit;
      const rest = wanted.map(({ value }) => JSON.stringify(value));
      const hasBegun = wanted.map(() => false);
      const pieces: Piece[] = [];
      while (rest.some((text) => text !== '')) {
        // A call begins only after the one before it has; after that any order is legal.
        const candidates = rest.map((_, at) => at).filter((at) => rest[at] !== '' && (at === 0 || hasBegun[at - 1]));
        const at = candidates[next(candidates.length)] as number;
        const text = rest[at] as string;
        const size = 1 + next(text.length);
        pieces.push({
          index: at,
          arguments: text.slice(0, size),
          ...(hasBegun[at] ? {} : { id: `id${at}`, name: wanted[at]?.name ?? '' }),
        });
        hasBegun[at] = true;
        rest[at] = text.slice(size);
      }
      const events = run(pieces);
      expect(calls(events)).toEqual(wanted.map(({ name, value }, at) => `id${at} ${name}(${JSON.stringify(value)})`));
      expect(openKeysAtOnce(events)).toBe(1);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
