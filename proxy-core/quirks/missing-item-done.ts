import { isCall, itemOf, mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in SGLang. AI SDK and Codex take calls from this event only, so the tool is never run. */
export const missingItemDone = defineQuirk({
  id: 'missing-item-done',
  title: 'SGLang: calls are never done',
  description: 'Calls are announced and their arguments sent, but output_item.done never comes for them.',
  needs: 'a call',
  thread: { repo: 'sgl-project/sglang', kind: 'issues', number: 12652 },
  rules: ['item-done', 'items-sequential'],
  createTransform: () => mapEvents((event) => (event.type === 'response.output_item.done' && isCall(itemOf(event)) ? [] : [event])),
});
