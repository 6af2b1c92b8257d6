/** `error` events carry type, code, message and param, nested in `error`. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { responseObject } from '../example-streams.ts';

const body = { type: 'server_error', code: 'server_error', message: 'The upstream failed.', param: null };
const created = { type: 'response.created', response: responseObject('in_progress') };

export const errorShape = defineRule({
  id: 'error-shape',
  severity: 'warning',
  title: 'Error event of another shape',
  why: 'A client can only tell a user what went wrong when it finds the message. Half of the clients read the nested form, half the flat one.',
  source:
    'Open Responses 2026-04-24 and real OpenAI traffic nest the four fields in `error` (3 of 3); the OpenAPI document (Aug 2026) has them flat.',
  breaks: 'AI SDK 5 ends silently on the flat form; openai-node and openai-python lose the message of other forms.',
  fix: 'Send {"type":"error","error":{"type","code","message","param"}} and then response.failed.',
  example: {
    good: { events: [created, { type: 'error', error: body }] },
    bad: { events: [created, { type: 'error', message: 'boom' }] },
  },
  watches: ['terminal', 'error'],
  create: ({ report }) => ({
    event(facts) {
      if (facts.type === 'response.failed' && facts.response) {
        const error = facts.response['error'];
        if (isObject(error) && asString(error['message']) !== undefined && asString(error['code']) !== undefined) return;
        report({
          facts,
          item: null,
          group: 'stream',
          message: 'response.failed does not say why: response.error has no code and message.',
          expected: { code: 'string', message: 'string' },
          actual: error ?? null,
        });
        return;
      }
      if (facts.type !== 'error') return;
      const error = facts.json['error'];
      const missing = isObject(error) ? ['type', 'code', 'message', 'param'].filter((key) => error[key] === undefined) : null;
      if (missing?.length === 0) return;
      report({
        facts,
        item: null,
        group: 'stream',
        message: missing
          ? `The error event has no error.${missing.join(', error.')}.`
          : 'The error event has its fields at the top level; OpenAI and Open Responses nest them in `error`.',
        expected: { error: { type: 'string', code: 'string', message: 'string', param: null } },
        actual: facts.json,
      });
    },
  }),
});
