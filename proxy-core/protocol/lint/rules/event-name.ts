/** The `event:` line is there and says the same as data.type. */
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';

export const eventName = defineRule({
  id: 'event-name',
  severity: 'warning',
  title: '`event:` line missing or different',
  why: 'A browser EventSource dispatches by the `event:` line. Clients that read data.type never notice that it is missing or wrong, so the fault stays hidden until somebody else connects.',
  source: 'event = data.type in 400 of 400 genuine streams with their original framing (to Aug 2026).',
  breaks: 'None of the tested clients; EventSource listeners and some proxies.',
  fix: 'Write `event: <type>` in front of every data line, from the same value.',
  example: {
    good: { events: textStream() },
    bad: { events: textStream().map((event, index) => ({ raw: JSON.stringify({ ...event, sequence_number: index }), name: null })) },
  },
  create: ({ report }) => ({
    event(facts) {
      const { type } = facts;
      if (type === null || typeof facts.json['type'] !== 'string') return;
      const { name } = facts.event;
      if (name === null || name === '') {
        report({ facts, item: null, group: 'missing', once: true, message: `${type} has no event: line.`, expected: type, actual: null });
      } else if (name !== type) {
        report({
          facts,
          item: null,
          group: 'different',
          severity: 'error',
          message: `The event: line says "${name}", but data.type is "${type}".`,
          expected: type,
          actual: name,
        });
      }
    },
  }),
});
