import { mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

const DROPPED = new Set(['response.function_call_arguments.delta', 'response.custom_tool_call_input.delta']);

/** Seen in LM Studio, and in the models for which the thread was opened. */
export const lmstudioNoDeltas = defineQuirk({
  id: 'lmstudio-no-deltas',
  title: 'LM Studio: arguments without deltas',
  description: 'The arguments of calls come whole in function_call_arguments.done; no delta is sent.',
  needs: 'a call with arguments',
  thread: { repo: 'BerriAI/litellm', kind: 'issues', number: 27144 },
  rules: ['content-has-deltas'],
  createTransform: () => mapEvents((event) => (DROPPED.has(event.type) ? [] : [event])),
});
