import { mapEvents, withFinalItems, withItemId } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in mistral.rs: three places minted an id each. */
export const doneIdMismatch = defineQuirk({
  id: 'done-id-mismatch',
  title: 'mistral.rs: items are done under another id',
  description: 'output_item.done and the final response carry ids that no event announced.',
  needs: '',
  thread: { repo: 'EricLBuehler/mistral.rs', kind: 'issues', number: 1944 },
  rules: ['item-id-stable'],
  createTransform({ createId }) {
    const mint = (id: unknown) => createId(typeof id === 'string' ? (id.split('_')[0] ?? 'msg') : 'msg');
    return mapEvents((event) => {
      if (event.type === 'response.output_item.done') return [withItemId(event, mint((event.item as { id?: unknown }).id))];
      return [withFinalItems(event, (item) => ({ ...item, id: mint(item.id) }))];
    });
  },
});
