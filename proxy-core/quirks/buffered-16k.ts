import type { Delivery } from './quirk.ts';
import { defineQuirk } from './quirk.ts';

const BUFFER_BYTES = 16 * 1024;

/** What a reverse proxy with response buffering does; 16 KB is a usual size of its buffer. */
export const buffered16k = defineQuirk({
  id: 'buffered-16k',
  title: 'Buffered in 16 KB clumps',
  description: 'Bytes leave only when 16 KB have come together, or at the end, so that events arrive in bunches.',
  needs: 'a long answer: some hundred events over several seconds',
  thread: { repo: 'dstackai/dstack', kind: 'issues', number: 4269 },
  rules: ['stream-clumped'],
  createDelivery() {
    let held: Uint8Array[] = [];
    let size = 0;

    function release(): Delivery[] {
      if (size === 0) return [];
      const bytes = Buffer.concat(held);
      held = [];
      size = 0;
      return [{ type: 'bytes', bytes, delayMs: 0 }];
    }

    return {
      push(bytes) {
        held.push(bytes);
        size += bytes.length;
        return size >= BUFFER_BYTES ? release() : [];
      },
      end: release,
    };
  },
});
