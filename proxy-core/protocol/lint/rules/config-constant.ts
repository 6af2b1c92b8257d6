/** The settings echoed in the response object stay the same from created to the end. */
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import { hashJson } from '../model/hash-json.ts';
import { isSameText, showText, type TextDigest } from '../model/text-digest.ts';

/** Constant in all 516 genuine streams. service_tier is not: it becomes the real tier at the end. */
const FIELDS = [
  'created_at',
  'model',
  'tools',
  'tool_choice',
  'text',
  'reasoning',
  'store',
  'metadata',
  'previous_response_id',
  'instructions',
  'temperature',
  'top_p',
  'truncation',
  'parallel_tool_calls',
  'max_output_tokens',
  'max_tool_calls',
  'background',
  'user',
] as const;

export const configConstant = defineRule({
  id: 'config-constant',
  severity: 'warning',
  title: 'Settings change in mid-stream',
  why: 'The response object echoes how the request was understood. A model or tool list that changes between created and completed shows that two layers fill it in.',
  source: '18 fields constant in 516 of 516 genuine streams each (to Aug 2026).',
  breaks: 'No client that was tested; logs show the wrong model.',
  fix: 'Build the response object once, when the request is accepted, and change only status, output, usage, completed_at, service_tier, error and incomplete_details.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.completed', { response: { model: 'gpt-4o' } }) },
  },
  watches: ['lifecycle', 'terminal'],
  create({ report }) {
    const first = new Map<string, TextDigest>();
    /** Most fields are a word or a number, and equal: these need no digest. */
    const firstPlain = new Map<string, unknown>();
    return {
      event(facts) {
        if (!facts.response) return;
        const changed: string[] = [];
        for (const field of FIELDS) {
          const value = facts.response[field];
          if (value === undefined) continue;
          if (firstPlain.has(field) && firstPlain.get(field) === value) continue;
          const digest = hashJson(value);
          const before = first.get(field);
          if (!before) {
            first.set(field, digest);
            if (isPlain(value)) firstPlain.set(field, value);
          } else if (!isSameText(before, digest)) changed.push(field);
        }
        const [field] = changed;
        if (field === undefined) return;
        report({
          facts,
          item: null,
          group: 'stream',
          message: `${changed.join(', ')} of the response ${changed.length === 1 ? 'differs' : 'differ'} in ${facts.type} from the first event.`,
          expected: showText(first.get(field) as TextDigest),
          actual: showText(hashJson(facts.response[field])),
        });
      },
    };
  },
});

function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? value.length < 400 : typeof value !== 'object' || value === null;
}
