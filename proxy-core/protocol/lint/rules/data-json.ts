/** The data of every event is a JSON object. */
import { defineRule } from '../define-rule.ts';
import { insert, textStream } from '../example-streams.ts';

export const dataJson = defineRule({
  id: 'data-json',
  severity: 'error',
  title: 'Data is not a JSON object',
  why: 'Every client parses the data of every event. One that does not parse ends the stream for most of them, and its content is lost for all.',
  source: '516 of 516 genuine streams (to Aug 2026).',
  breaks: 'Every client but Codex stops with a parse error.',
  fix: 'Serialise each event as one JSON object on one data line; do not forward upstream bytes or HTML error pages.',
  example: {
    good: { events: textStream() },
    bad: {
      events: insert(textStream(), 5, { raw: '{"type":"response.output_text.delta","delta":"It', name: 'response.output_text.delta' }),
    },
  },
  watches: (spec) => spec === null,
  create: ({ report }) => ({
    event(facts) {
      if (facts.event.json !== undefined) return;
      report({
        facts,
        item: null,
        group: 'stream',
        message: `The data is not a JSON object: ${JSON.stringify(facts.event.data.slice(0, 80))}${facts.event.data.length > 80 ? '…' : ''}`,
        expected: 'a JSON object',
        actual: facts.event.data,
      });
    },
  }),
});
