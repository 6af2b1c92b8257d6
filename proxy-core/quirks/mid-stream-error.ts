import { isDelta } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

const DELTAS_BEFORE = 3;

/** Seen in Floway. The flat form of OpenAI's document, not of its servers: AI SDK 5 does not report it at all. */
export const midStreamError = defineQuirk({
  id: 'mid-stream-error',
  title: 'Error in the middle of the stream',
  description:
    'After three deltas an error event comes, with its fields at the top level instead of under `error`, and the stream ends; the open item is never closed.',
  needs: 'three deltas',
  thread: { repo: 'Menci/Floway', kind: 'pull', number: 330 },
  rules: ['error-shape', 'item-done'],
  createTransform() {
    let deltas = 0;
    let isOver = false;
    return {
      push(event) {
        if (isOver) return [];
        if (isDelta(event)) deltas += 1;
        if (deltas <= DELTAS_BEFORE) return [event];
        isOver = true;
        const message = 'The server had an error while processing your request.';
        return [{ type: 'error', sequence_number: event.sequence_number, code: 'server_error', message, param: null }];
      },
      end: () => [],
    };
  },
});
