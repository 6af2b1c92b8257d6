import { defineQuirk } from './quirk.ts';

const FIRST_DELAY_MS = 2000;
const DELAY_MS = 100;

export const latency = defineQuirk({
  id: 'latency',
  title: 'Slow upstream',
  description: 'Two seconds pass before the first byte, and a tenth of a second before every further write. Nothing else changes.',
  needs: '',
  thread: null,
  rules: [],
  createDelivery() {
    let isFirst = true;
    return {
      push(bytes) {
        const delayMs = isFirst ? FIRST_DELAY_MS : DELAY_MS;
        isFirst = false;
        return [{ type: 'bytes', bytes, delayMs }];
      },
      end: () => [],
    };
  },
});
