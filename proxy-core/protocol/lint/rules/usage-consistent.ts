/** The total is the sum. */
import { asNumber, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';

export const usageConsistent = defineRule({
  id: 'usage-consistent',
  severity: 'error',
  title: 'Usage does not add up',
  why: 'Cost and limits are counted from these numbers; a total that is not the sum means that a bridge mixed up cached, reasoning or prompt tokens.',
  source: 'total = input + output in 507 of 507 genuine streams (to Aug 2026).',
  breaks: 'No client; dashboards and bills are wrong.',
  fix: 'Compute total_tokens from the two numbers that you send.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.completed', { response: { usage: { total_tokens: 99 } } }) },
  },
  watches: ['terminal'],
  create: ({ report }) => ({
    event(facts) {
      const usage = facts.terminal ? facts.response?.['usage'] : undefined;
      if (!isObject(usage)) return;
      const input = asNumber(usage['input_tokens']);
      const output = asNumber(usage['output_tokens']);
      const total = asNumber(usage['total_tokens']);
      if (input === undefined || output === undefined || total === undefined || total === input + output) return;
      report({
        facts,
        item: null,
        group: 'stream',
        message: `total_tokens is ${total}, but input_tokens ${input} + output_tokens ${output} = ${input + output}.`,
        expected: input + output,
        actual: total,
      });
    },
  }),
});
