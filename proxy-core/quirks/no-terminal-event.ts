import { isTerminal, mapEvents } from './edit-events.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in CLIProxyAPI. The connection ends in an orderly way, so nothing on the wire but the missing event tells. */
export const noTerminalEvent = defineQuirk({
  id: 'no-terminal-event',
  title: 'No terminal event',
  description: 'The stream ends after the last item, without response.completed, response.incomplete or response.failed.',
  needs: '',
  thread: { repo: 'router-for-me/CLIProxyAPI', kind: 'issues', number: 4904 },
  rules: ['single-terminal'],
  createTransform: () => mapEvents((event) => (isTerminal(event) ? [] : [event])),
});
