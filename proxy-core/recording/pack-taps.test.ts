import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { stepEnded, stepStarted, writes } from '../recorder/recorder-fixtures.ts';
import type { PackedTaps } from './batch.ts';
import { comparable, openPair, stepTaps, toWrite } from './pack-fixtures.ts';
import type { Order, WriteEvent } from './packed-taps.ts';

const AT_ONCE = { tUs: 5, laterUs: 0, cause: 0 };

/** What arrives of one step with these writes. */
function passWrites(given: readonly TapEvent[], transport: 'http' | 'websocket' = 'http'): { sent: unknown[]; arrived: unknown[] } {
  const { packer, pass, taps } = openPair();
  const all = [stepStarted({ transport }), ...given];
  for (const event of all) packer.add(event);
  pass();
  return { sent: comparable(all), arrived: comparable(taps) };
}

function frameEvent(text: string, found: { name: string | null; data: string }, offset = 0): TapEvent {
  const bytes = Buffer.from(text);
  return toWrite('step_1', bytes, [{ index: 0, ...found, offset, length: bytes.length }], AT_ONCE);
}

describe('packed taps', () => {
  it('arrive as they were, whatever streams, cuts, interleaving and batches', () => {
    const steps = fc.nat(2).chain((more) => fc.tuple(...Array.from({ length: more + 1 }, (_, i) => stepTaps(`step_${i}`))));
    fc.assert(
      fc.property(steps, fc.array(fc.nat(), { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (given, picks, every) => {
        const { packer, pass, taps } = openPair();
        const left = given.map((events) => [...events]);
        const sent: TapEvent[] = [];
        for (let at = 0; left.some((events) => events.length > 0); at++) {
          const running = left.filter((events) => events.length > 0);
          const event = running[(picks[at % picks.length] as number) % running.length]?.shift() as TapEvent;
          sent.push(event);
          packer.add(event);
          if (at % every === 0) pass();
        }
        pass();
        expect(comparable(taps)).toEqual(comparable(sent));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['event and data', 'event: a\ndata: {"x":"ü"}\n\n', 'a', '{"x":"ü"}'],
    ['data alone', 'data: 1\n\n', null, '1'],
    ['an empty event line', 'event: \ndata: 1\n\n', null, '1'],
    ['no space', 'event:a\ndata:1\n\n', 'a', '1'],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\n', 'a', '1'],
    ['several data lines', 'event: a\ndata: 1\ndata: 2\n\n', 'a', '1\n2'],
    ['a comment before', ': ping\nevent: a\ndata: 1\n\n', 'a', '1'],
    ['a byte order mark', '\uFEFFevent: a\ndata: 1\n\n', 'a', '1'],
    ['an event line behind', 'data: 1\nevent: a\n\n', 'a', '1'],
    ['no data to speak of', 'event: a\ndata\n\n', 'a', ''],
    ['no blank line at the end', 'event: a\ndata: 1', 'a', '1'],
  ])('find name and data in the bytes: %s', (_what, text, name, data) => {
    const { sent, arrived } = passWrites([frameEvent(text, { name, data })]);
    expect(arrived).toEqual(sent);
  });

  it('carry an event whose frame is not wholly among the bytes of its write', () => {
    const [begun, rest] = ['event: a\ndata: {"half', 'way":1}\n\n'];
    const whole = { index: 0, name: 'a', data: '{"halfway":1}', offset: 0, length: begun.length + rest.length };
    const cutOff = { index: 1, name: null, data: 'ü', offset: whole.length, length: 9 };
    const { sent, arrived } = passWrites([
      toWrite('step_1', Buffer.from(begun), [], AT_ONCE),
      toWrite('step_1', Buffer.from(`${rest}data: ü`), [whole], AT_ONCE),
      toWrite('step_1', new Uint8Array(), [cutOff], AT_ONCE),
    ]);
    expect(arrived).toEqual(sent);
  });

  it('know a WebSocket message by its line, whatever is in it', () => {
    const lines = ['{"type":"a","text":"ü"}', 'data: 1', '', 'event: x'];
    let offset = 0;
    const found = lines.map((data, index) => {
      const length = Buffer.byteLength(data) + 1;
      offset += length;
      return { index, name: null, data, offset: offset - length, length };
    });
    const { sent, arrived } = passWrites([toWrite('step_1', Buffer.from(`${lines.join('\n')}\n`), found, AT_ONCE)], 'websocket');
    expect(arrived).toEqual(sent);
  });

  it('carry bodies and chunks of many MB, and a batch after them', () => {
    const { packer, pass, taps } = openPair();
    const large = Buffer.alloc(5_000_000, 'päckchen ');
    const data = JSON.stringify({ type: 'x', text: 'ä😀'.repeat(400_000) });
    const sent: TapEvent[] = [
      stepStarted({ body: large, title: 't'.repeat(200_000) }),
      {
        type: 'upstream.request',
        stepId: 'step_1',
        attempt: 0,
        tUs: 1,
        method: 'POST',
        url: '',
        headers: [['x', 'ä'.repeat(90_000)]],
        body: large,
      },
      { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: 0, tUs: 2, bytes: large },
      frameEvent(`event: x\ndata: ${data}\n\n`, { name: 'x', data }),
    ];
    for (const event of sent) packer.add(event);
    expect(packer.size).toBeGreaterThan(15_000_000);
    pass();
    expect(packer.size).toBe(0);
    packer.add(stepEnded());
    pass();
    expect(taps.map(({ type }) => type)).toEqual([...sent.map(({ type }) => type), 'step.ended']);
    // Not `toEqual` on the whole: that takes seconds for so many bytes.
    expect(JSON.stringify(comparable(taps)) === JSON.stringify(comparable([...sent, stepEnded()]))).toBe(true);
  });

  it('do not change when the packer goes on: what was taken has a buffer of its own', () => {
    const { packer } = openPair();
    packer.add(stepStarted());
    const first = packer.take();
    const textOf = ({ buffer, size }: PackedTaps) => Buffer.from(buffer, 0, size).toString('hex');
    const before = textOf(first);
    packer.add({ type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: 0, tUs: 1, bytes: Buffer.alloc(70_000, 'x') });
    expect(textOf(first)).toBe(before);
    expect(packer.take().size).toBeLessThan(70_100);
    expect(packer.take().size).toBe(0);
  });

  it('fill a buffer again that was given back, but keep none that a burst has made large, and not many', () => {
    const { packer } = openPair();
    packer.add(stepStarted());
    const first = packer.take();
    packer.giveBack(first.buffer);
    packer.take();
    expect(packer.take().buffer).toBe(first.buffer);
    const large = new ArrayBuffer(2_097_152);
    packer.giveBack(large);
    packer.take();
    expect(packer.take().buffer).not.toBe(large);
    const many = Array.from({ length: 9 }, () => new ArrayBuffer(65_536));
    for (const buffer of many) packer.giveBack(buffer);
    const filled = Array.from({ length: 9 }, () => packer.take().buffer);
    expect(filled.filter((buffer) => many.includes(buffer))).toHaveLength(3);
  });

  it('count what was lost, and find what comes after it at its place', () => {
    const { packer, pass, taps, lost } = openPair();
    const all = writes(
      'step_1',
      [0, 1, 2, 3].map((n) => ({ type: 'x', delta: `${n}` })),
    ) as WriteEvent[];
    const [first, second, third, last] = all as [WriteEvent, WriteEvent, WriteEvent, WriteEvent];
    const chunk: TapEvent = { type: 'upstream.chunk', stepId: 'step_1', attempt: 0, index: 70_000, tUs: 1, bytes: Buffer.from('x') };
    packer.add(stepStarted());
    packer.add(first);
    packer.addLost(chunk);
    packer.addLost({ ...second, events: [...second.events, ...third.events], bytes: Buffer.concat([second.bytes, third.bytes]) });
    packer.addLost({ ...third, bytes: new Uint8Array(), events: [] });
    packer.add(last);
    pass();
    expect(lost).toEqual([
      { type: 'chunk', stepId: 'step_1', index: 70_000 },
      { type: 'write', stepId: 'step_1', size: second.bytes.length + third.bytes.length, eventCount: 2, nextIndex: 3 },
      { type: 'write', stepId: 'step_1', size: 0, eventCount: 0, nextIndex: 0 },
    ]);
    expect(comparable(taps.slice(1))).toEqual(comparable([first, last]));
  });

  it('keep orders in their place between the taps', () => {
    const { packer, pass, orders, heard } = openPair();
    const found = { rule: 'x', message: 'ä "quoted"', related: [1, 2] } as unknown as Finding;
    const given: Order[] = [
      { type: 'secret', secret: 'sk-ü-12345678' },
      { type: 'findings', stepId: 'step_1', findings: [found], isAll: true },
      { type: 'link', link: { stepId: 'step_1', innerOf: null, linkedBy: null } },
      { type: 'forget', sessionId: 'sess_1' },
    ];
    const [secret, ...others] = given as [Order, ...Order[]];
    packer.order(secret);
    packer.add(stepStarted());
    others.forEach(packer.order);
    packer.add(stepEnded());
    pass();
    expect(orders).toEqual(given);
    expect(heard).toEqual(['secret', 'step.started', 'findings', 'link', 'forget', 'step.ended']);
  });

  it('say of every tap of a step whether it is to be linted', () => {
    const { packer, pass, taps, linted } = openPair();
    const judged = ['step_a', 'step_b'].map((stepId) => [
      stepStarted({ stepId }),
      ...writes(stepId, [{ type: 'x' }]),
      stepEnded({ stepId }),
    ]);
    for (const event of judged[0] ?? []) packer.add(event, false);
    for (const event of judged[1] ?? []) packer.add(event);
    pass();
    expect(linted).toEqual([false, false, false, true, true, true]);
    expect(taps[0]).not.toHaveProperty('isLinted');
  });

  it('are nothing of a step that was never begun, or is over', () => {
    const { packer, pass, heard } = openPair();
    const [write] = writes('step_1', [{ type: 'x' }]) as [WriteEvent];
    for (const event of [write, stepEnded()]) packer.add(event);
    packer.addLost(write);
    expect(packer.size).toBe(0);
    for (const event of [stepStarted(), stepEnded(), write, stepEnded()]) packer.add(event);
    packer.addLost(write);
    pass();
    expect(heard).toEqual(['step.started', 'step.ended']);
  });
});
