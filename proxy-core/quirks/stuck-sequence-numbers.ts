import { mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in LiteLLM. No client minds today; resuming a stream would. */
export const stuckSequenceNumbers = defineQuirk({
  id: 'stuck-sequence-numbers',
  title: 'LiteLLM: sequence_number stands still',
  description: 'Every event has the sequence_number 0.',
  needs: '',
  thread: { repo: 'BerriAI/litellm', kind: 'pull', number: 28899 },
  rules: ['sequence-number-contiguous'],
  hasOwnNumbers: true,
  createTransform: () => mapEvents((event) => [{ ...event, sequence_number: 0 }]),
});
