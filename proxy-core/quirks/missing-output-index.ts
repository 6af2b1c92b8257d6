import { mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in Lemonade: ids are there, but clients that go by output_index find nothing. */
export const missingOutputIndex = defineQuirk({
  id: 'missing-output-index',
  title: 'Lemonade: no output_index',
  description: 'No event has an output_index or a content_index.',
  needs: '',
  thread: { repo: 'lemonade-sdk/lemonade', kind: 'issues', number: 3607 },
  rules: ['required-fields'],
  createTransform: () =>
    mapEvents((event) => {
      const { output_index: _outputIndex, content_index: _contentIndex, ...rest } = event;
      return [rest];
    }),
});
