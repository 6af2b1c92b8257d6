/** The frame reader takes short cuts; the parser it takes them around says what is right. */
import fc from 'fast-check';
import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { createFrameReader, type SseFrame } from './frame-reader.ts';

const line = fc.constantFrom(
  'event: response.created',
  'event: ',
  'event:x',
  'event',
  'data: {"a":1}',
  'data: häß 🌦',
  'data:tight',
  'data: ',
  'data',
  'id: 7',
  ': ping',
  'retry: 10',
  '\uFEFFdata: marked',
  'nonsense',
  '',
  '',
);
const body = fc.array(line, { maxLength: 24 }).map((lines) => `${lines.join('\n')}\n\n`);

function readChopped(bytes: Uint8Array, cuts: readonly number[]): SseFrame[] {
  const reader = createFrameReader();
  const frames: SseFrame[] = [];
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  let at = 0;
  for (const place of [...places, bytes.length]) {
    frames.push(...reader.push(bytes.subarray(at, place)));
    at = place;
  }
  return [...frames, ...reader.end()];
}

describe('frame reader, whatever comes', () => {
  it('reads the same events as the parser, however the bytes are cut', () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(), { maxLength: 6 }), (text, cuts) => {
        const expected: { event: string | null; data: string }[] = [];
        const parser = createParser({ onEvent: ({ event, data }) => void expected.push({ event: event ?? null, data }) });
        parser.feed(text);
        const frames = readChopped(Buffer.from(text), cuts);
        expect(frames.map(({ event, data }) => ({ event, data }))).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('names the bytes of each frame, also when they are no UTF-8', () => {
    const bytes = fc.array(
      fc.oneof(
        line.map((text) => Buffer.from(`${text}\n`)),
        fc.constant(Buffer.from([0x64, 0xff, 0xc3, 10])),
      ),
      {
        maxLength: 24,
      },
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), (parts, cuts) => {
        const whole = Buffer.concat([...parts, Buffer.from('\n')]);
        const uncut = readChopped(whole, []);
        expect(readChopped(whole, cuts)).toEqual(uncut);
        for (const frame of uncut) {
          const reader = createFrameReader();
          // A byte order mark is one at the beginning only: read alone, a later frame would have its beginning there.
          if (frame.offset > 0) reader.push(Buffer.from('\n'));
          const alone = reader.push(whole.subarray(frame.offset, frame.offset + frame.length));
          expect(alone.map(({ data }) => data)).toEqual([frame.data]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
