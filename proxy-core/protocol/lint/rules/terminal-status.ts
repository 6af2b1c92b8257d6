/** The status of the response fits the event, and nothing final is told before the end. */
import { asString } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';

const STATUSES: Readonly<Record<string, readonly string[]>> = {
  'response.created': ['in_progress', 'queued'],
  'response.queued': ['queued'],
  'response.in_progress': ['in_progress'],
  'response.completed': ['completed'],
  'response.incomplete': ['incomplete'],
  'response.failed': ['failed'],
};

export const terminalStatus = defineRule({
  id: 'terminal-status',
  severity: 'error',
  title: 'Status does not fit the event',
  why: 'Clients read the outcome from the event or from response.status, whichever they like. When the two differ, one of them reports a cut answer as a success, or the reverse.',
  source: 'Status fits, and output is [] and usage null before the end, in 515 of 515 genuine streams (to Aug 2026).',
  breaks: 'Clients that read response.status, the Agents SDKs among them, take the wrong branch.',
  fix: 'Derive the event name and the status from one value.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.completed', { response: { status: 'in_progress' } }) },
  },
  watches: ['lifecycle', 'terminal'],
  create: ({ report }) => ({
    event(facts) {
      const { response, type } = facts;
      const allowed = type === null ? undefined : STATUSES[type];
      if (!response || !allowed) return;
      const problem = (message: string, expected: unknown, actual: unknown): void =>
        report({ facts, item: null, group: `stream ${type}`, message, expected, actual });
      const status = asString(response['status']);
      if (status === undefined) {
        if (facts.spec?.role === 'terminal') problem(`The response in ${type} has no status.`, allowed[0], response['status'] ?? null);
      } else if (!allowed.includes(status)) {
        problem(`The response in ${type} has status "${status}".`, allowed[0], status);
      }
      if (facts.spec?.role !== 'lifecycle') return;
      if (Array.isArray(response['output']) && response['output'].length > 0) {
        problem(
          `The response in ${type} already has ${response['output'].length} output items; output is empty until the end.`,
          [],
          response['output'],
        );
      }
      if (response['usage'] !== undefined && response['usage'] !== null) {
        problem(`The response in ${type} already has usage; it is null until the end.`, null, response['usage']);
      }
    },
  }),
});
