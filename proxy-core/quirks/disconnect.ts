import { defineQuirk } from './quirk.ts';

const FRAMES_BEFORE = 6;
const BYTES_OF_NEXT = 40;
const LF = 10;

/** What a crash, a timeout of a load balancer or a lost network looks like. */
export const disconnect = defineQuirk({
  id: 'disconnect',
  title: 'Connection lost in the middle',
  description: 'After six events and a piece of the seventh the connection is broken off.',
  needs: 'seven events',
  thread: null,
  rules: ['single-terminal'],
  createDelivery() {
    let frames = 0;
    let isLineEmpty = true;
    let left = BYTES_OF_NEXT;

    return {
      push(bytes) {
        for (let i = 0; i < bytes.length; i++) {
          if (frames >= FRAMES_BEFORE) {
            if (left === 0) return [{ type: 'bytes', bytes: bytes.subarray(0, i), delayMs: 0 }, { type: 'disconnect' }];
            left -= 1;
            continue;
          }
          const isEnd = bytes[i] === LF;
          if (isEnd && isLineEmpty) frames += 1;
          isLineEmpty = isEnd;
        }
        return [{ type: 'bytes', bytes, delayMs: 0 }];
      },
      end: () => [],
    };
  },
});
