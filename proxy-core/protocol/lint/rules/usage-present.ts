/** A completed response says what it used. */
import { asNumber, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';

export const usagePresent = defineRule({
  id: 'usage-present',
  severity: 'warning',
  title: 'Usage missing',
  why: 'Clients count tokens and cost from usage, and some treat its numbers as required.',
  source: 'Numeric input_tokens and output_tokens at completed in 507 of 507 genuine streams (to Aug 2026).',
  breaks:
    'AI SDK 5 drops the completed event and takes no second step; AI SDK 6 and Codex fail when the numbers are null or have Chat Completions names.',
  fix: 'Ask the upstream for usage (stream_options.include_usage) and map it; send zeros rather than nulls when it gives none.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.completed', { response: { usage: null } }) },
  },
  watches: ['terminal'],
  create: ({ report }) => ({
    event(facts) {
      if (facts.type !== 'response.completed' || !facts.terminal) return;
      const usage = facts.response?.['usage'];
      const say = (message: string): void =>
        report({
          facts,
          item: null,
          group: 'stream',
          message,
          expected: { input_tokens: 'number', output_tokens: 'number' },
          actual: usage ?? null,
        });
      if (!isObject(usage)) say('response.completed has no usage.');
      else if (asNumber(usage['input_tokens']) === undefined || asNumber(usage['output_tokens']) === undefined) {
        const isChat = 'prompt_tokens' in usage || 'completion_tokens' in usage;
        say(`usage has no numeric input_tokens and output_tokens${isChat ? '; it has the names of Chat Completions' : ''}.`);
      }
    },
  }),
});
