/** Response ids should begin with resp_; encoded ones are decoded and shown. */
import { asString } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import { decodeResponseId, foreignNamespace } from '../model/id-names.ts';

export const responseIdNamespace = defineRule({
  id: 'response-id-namespace',
  severity: 'warning',
  title: 'Response id with a foreign prefix',
  why: 'A response id from another namespace (or one that hides it) usually means that the id of a foreign API is passed through, and previous_response_id will not resolve.',
  source:
    'resp_ in 516 of 516 genuine OpenAI and Azure streams (to Aug 2026); xAI, DeepSeek and GitHub Copilot use others, so this is only a warning.',
  breaks: 'Nobody by itself; stores and routers that key on resp_ lose the response.',
  fix: 'Make a resp_ id of your own and keep the upstream id in your store.',
  example: {
    good: { events: textStream() },
    bad: {
      events: change(
        change(change(textStream(), 'response.created', { response: { id: 'gen-1' } }), 'response.in_progress', {
          response: { id: 'gen-1' },
        }),
        'response.completed',
        { response: { id: 'gen-1' } },
      ),
    },
  },
  watches: ['lifecycle', 'terminal'],
  create({ report }) {
    const seen = new Set<string>();
    return {
      event(facts) {
        const id = facts.response ? asString(facts.response['id']) : undefined;
        if (id === undefined || id === '' || seen.has(id)) return;
        seen.add(id);
        const decoded = decodeResponseId(id);
        const inner = decoded?.innerId ?? null;
        if (id.startsWith('resp_') && (inner === null || inner.startsWith('resp_'))) return;
        const shown = inner ?? id;
        const owner = foreignNamespace(shown);
        const what = owner === undefined ? '' : `, which looks like the id of ${owner}`;
        report({
          facts,
          item: null,
          group: 'stream',
          message: decoded
            ? `The response id is an encoded form of "${shown}"${what}; it decodes to "${decoded.text}".`
            : `The response id is "${shown}"${what}; OpenAI's begin with resp_.`,
          expected: 'resp_…',
          actual: decoded ? { id, decoded: decoded.text } : id,
        });
      },
    };
  },
});
