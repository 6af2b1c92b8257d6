import { isCall, itemIdOf, itemOf, mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in LiteLLM and OmniRoute: the index of the upstream's tool call was lost. */
export const parallelCallsOneIndex = defineQuirk({
  id: 'parallel-calls-one-index',
  title: 'LiteLLM: parallel calls share an output_index',
  description: 'All calls of an answer carry the output_index of the first one.',
  needs: 'two or more calls in one answer',
  thread: { repo: 'BerriAI/litellm', kind: 'pull', number: 21337 },
  rules: ['output-index-sequence'],
  createTransform() {
    const calls = new Set<string>();
    let first: unknown;
    return mapEvents((event) => {
      const id = itemIdOf(event);
      if (id === undefined) return [event];
      if (event.type === 'response.output_item.added' && isCall(itemOf(event))) {
        first ??= event.output_index;
        calls.add(id);
      }
      return [calls.has(id) ? { ...event, output_index: first } : event];
    });
  },
});
