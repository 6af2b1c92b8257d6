import { describe, expect, it } from 'vitest';
import { createFrameReader, readFrames, type SseFrame } from './frame-reader.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function readChopped(body: Uint8Array, size: number): SseFrame[] {
  const reader = createFrameReader();
  const frames: SseFrame[] = [];
  for (let at = 0; at < body.length; at += size) frames.push(...reader.push(body.subarray(at, at + size)));
  return [...frames, ...reader.end()];
}

const plain = (frames: SseFrame[]) => frames.map(({ event, data, terminated }) => ({ event, data, terminated }));

describe('frame reader', () => {
  it('reads name, data and place of each frame', () => {
    const first = 'event: a\ndata: {"x":1}\n\n';
    const second = 'data: [DONE]\n\n';
    expect(readFrames(bytes(first + second))).toEqual([
      { event: 'a', data: '{"x":1}', id: null, offset: 0, length: first.length, terminated: true },
      { event: null, data: '[DONE]', id: null, offset: first.length, length: second.length, terminated: true },
    ]);
  });

  it('joins data lines, skips comments, keeps ids and strips a byte order mark', () => {
    const frames = readFrames(bytes('\uFEFFdata: a\ndata: b\n\n: ping\n\nid: 7\ndata: c\n\n'));
    expect(frames.map((frame) => [frame.data, frame.id])).toEqual([
      ['a\nb', null],
      ['c', '7'],
    ]);
  });

  it('marks a last frame that was cut before its blank line', () => {
    expect(plain(readFrames(bytes('data: a\n\ndata: b\n')))).toEqual([
      { event: null, data: 'a', terminated: true },
      { event: null, data: 'b', terminated: false },
    ]);
  });

  for (const [name, eol] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    it(`gives the same frames for every chunk size with ${name}`, () => {
      const body = bytes(
        ['event: a', 'data: {"t":"häß 🌦 \u2028"}', '', ': note', '', 'data: 1', 'data: 2', '', 'data: [DONE]', '', ''].join(eol),
      );
      const whole = readFrames(body);
      expect(plain(whole)).toHaveLength(3);
      for (let size = 1; size <= body.length; size++) expect(plain(readChopped(body, size))).toEqual(plain(whole));
    });
  }

  it('places frames so that their bytes parse alone', () => {
    const body = bytes('data: 1\r\n\r\n: c\r\n\r\nevent: x\r\ndata: 2\r\n\r\n');
    for (let size = 1; size <= body.length; size++) {
      for (const frame of readChopped(body, size)) {
        const again = readFrames(body.subarray(frame.offset, frame.offset + frame.length));
        expect(again[0]?.data).toBe(frame.data);
      }
    }
  });
});
