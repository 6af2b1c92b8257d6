import { isTerminal, mapEvents, withResponse } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** AI SDK 5 drops the whole event for it, and with it the second step. */
export const missingUsage = defineQuirk({
  id: 'missing-usage',
  title: 'No usage in the final response',
  description: 'The terminal event has no usage at all.',
  needs: '',
  thread: { repo: 'decolua/9router', kind: 'issues', number: 705 },
  rules: ['usage-present'],
  createTransform: () =>
    mapEvents((event) => {
      if (!isTerminal(event)) return [event];
      return [
        withResponse(event, (response) => {
          const { usage: _usage, ...rest } = response;
          return rest;
        }),
      ];
    }),
});
