/** No item id twice in the request's input. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';

const answer = (text: string) => ({ id: 'msg_1', type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });

export const inputIdsUnique = defineRule({
  id: 'input-ids-unique',
  severity: 'error',
  title: 'Duplicate item ids in the input',
  why: 'OpenAI refuses the request: "Duplicate item found with id …". It mostly comes from an upstream that gave one id to several items.',
  source: 'OpenAI error 400 (2026); pi#5147, hermes PR#7939.',
  breaks: 'The request itself.',
  fix: 'Look where the ids were handed out first (item-id-unique); in a client, send each item once.',
  isAboutRequest: true,
  example: {
    good: { events: textStream(), request: { model: 'm', input: [answer('Hi')] } },
    bad: { events: textStream(), request: { model: 'm', input: [answer('Hi'), answer('Bye')] } },
  },
  create: ({ report }) => ({
    request(request) {
      const seen = new Map<string, number>();
      const input: unknown[] = Array.isArray(request['input']) ? request['input'] : [];
      input.forEach((item, position) => {
        const id = isObject(item) ? asString(item['id']) : undefined;
        if (id === undefined || id === '') return;
        const first = seen.get(id);
        if (first === undefined) seen.set(id, position);
        else
          report({
            item: null,
            itemId: id,
            group: id,
            message: `input[${position}] has the id "${id}", which input[${first}] has too.`,
            expected: 'an id of its own',
            actual: id,
          });
      });
    },
  }),
});
