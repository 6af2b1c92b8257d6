import { isTerminal, itemIdOf, mapEvents, withFinalItems, withItemId, withResponse } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

const ID_LENGTH = 400;

/** Seen in GitHub Copilot's own endpoint and through every gateway in front of it. */
export const copilotRotatingIds = defineQuirk({
  id: 'copilot-rotating-ids',
  title: 'GitHub Copilot: another id in every event',
  description:
    'Each event names its item, and each lifecycle event its response, by a fresh id of some 400 characters; only output_index stays.',
  needs: '',
  thread: { repo: 'BerriAI/litellm', kind: 'issues', number: 30071 },
  rules: ['item-id-announced', 'item-id-namespace', 'item-id-stable', 'response-id-namespace', 'response-id-stable'],
  createTransform({ createId }) {
    const rotate = () =>
      Array.from({ length: 10 }, () => createId('x').slice(2))
        .join('')
        .padEnd(ID_LENGTH, 'A')
        .slice(0, ID_LENGTH);
    return mapEvents((event) => {
      if (itemIdOf(event) !== undefined) return [withItemId(event, rotate())];
      const renamed = withResponse(event, (response) => ({ ...response, id: rotate() }));
      return [isTerminal(event) ? withFinalItems(renamed, (item) => ({ ...item, id: rotate() })) : renamed];
    });
  },
});
