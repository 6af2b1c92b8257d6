import { describe, expect, it } from 'vitest';
import type { SseFrame } from '../../sse/frame-reader.ts';
import { createAnyFrameReader } from './json-frame-reader.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function read(body: Uint8Array, size = body.length): SseFrame[] {
  const reader = createAnyFrameReader();
  const frames: SseFrame[] = [];
  for (let at = 0; at < body.length; at += size) frames.push(...reader.push(body.subarray(at, at + size)));
  return [...frames, ...reader.end()];
}

describe('gemini frame reader', () => {
  const elements = ['{"a":"ü{[\\"}"}', '{"b":[{"c":1},[2]]}', '{}'];

  for (const [name, body, expected] of [
    ['an array that grows', `\r\n[${elements.join('\n,\r\n')}\n]\n`, elements],
    ['one object', ` {"error":{"code":503}}\n`, ['{"error":{"code":503}}']],
    ['objects one after another', elements.join('\n'), elements],
    ['SSE', `data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n`, ['{"a":1}', '{"b":2}']],
    ['SSE behind blank lines', `\n\n\ndata: {"a":1}\n\n`, ['{"a":1}']],
    ['an empty body', ' \n', []],
    ['an empty array', '[]', []],
  ] as const) {
    it(`reads ${name}, whatever the chunk borders`, () => {
      const whole = bytes(body);
      for (let size = 1; size <= whole.length; size++) {
        const frames = read(whole, size);
        expect(frames.map(({ data }) => data)).toEqual(expected);
        for (const { offset, length, data } of frames) {
          expect(new TextDecoder().decode(whole.subarray(offset, offset + length))).toContain(data);
        }
      }
    });
  }

  it('marks an element that the end of the stream cut', () => {
    const frames = read(bytes('[{"a":1},{"b":"x'));
    expect(frames.map(({ data, terminated }) => [data, terminated])).toEqual([
      ['{"a":1}', true],
      ['{"b":"x', false],
    ]);
  });
});
