import { mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in LiteLLM 1.83.7 and 1.83.14 with Gemini, Anthropic and DeepSeek: the id is a hash of the delta's own text. */
export const litellmReasoningIds = defineQuirk({
  id: 'litellm-reasoning-ids',
  title: 'LiteLLM: reasoning deltas under ids of their own',
  description:
    'Every reasoning_summary_text.delta carries another rs_ id than the announced item, and reasoning_summary_part.added is never sent.',
  needs: 'reasoning with a summary',
  thread: { repo: 'BerriAI/litellm', kind: 'issues', number: 25336 },
  rules: ['item-id-announced'],
  createTransform: ({ createId }) =>
    mapEvents((event) => {
      if (event.type === 'response.reasoning_summary_part.added') return [];
      return [event.type === 'response.reasoning_summary_text.delta' ? { ...event, item_id: createId('rs') } : event];
    }),
});
