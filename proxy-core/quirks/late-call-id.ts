import { isCall, itemOf, mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in M365-Copilot2API: the call is announced before its first chunk has been read. */
export const lateCallId = defineQuirk({
  id: 'late-call-id',
  title: 'Calls announced without call_id and name',
  description: 'output_item.added has an empty call_id and name; both are right in output_item.done.',
  needs: 'a call',
  thread: { repo: 'HEXUXIU/M365-Copilot2API', kind: 'issues', number: 77 },
  rules: ['call-id-unique', 'required-fields'],
  createTransform: () =>
    mapEvents((event) => {
      const item = itemOf(event);
      const isAnnouncement = event.type === 'response.output_item.added' && isCall(item);
      return [isAnnouncement ? { ...event, item: { ...item, call_id: '', name: '' } } : event];
    }),
});
