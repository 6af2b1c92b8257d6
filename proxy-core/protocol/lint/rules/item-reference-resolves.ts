/** Each item_reference of the request leads to an item. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';

const request = {
  model: 'm',
  input: [
    { type: 'item_reference', id: 'msg_0' },
    { role: 'user', content: 'And now?' },
  ],
};

export const itemReferenceResolves = defineRule({
  id: 'item-reference-resolves',
  severity: 'error',
  title: 'item_reference is unknown',
  why: 'A reference stands for an item of an earlier turn. When it does not resolve, a message, a thought or a call is missing from the history.',
  source:
    'OpenAI answers 400 or 404 "Item with id … not found" (2026). Silent when neither the store nor the upstream says that the id is unknown.',
  breaks: 'The request itself; AI SDK sends references by default.',
  fix: 'Store items under the id that was streamed. In the client, set store to false so that whole items are sent.',
  isAboutRequest: true,
  example: {
    good: { events: textStream(), request, session: { isItemStored: () => true } },
    bad: { events: textStream(), request, session: { isItemStored: () => false } },
  },
  create({ report, session, request: given }) {
    const references = (Array.isArray(given?.['input']) ? given['input'] : []).filter(isObject).flatMap((item) => {
      const isReference = item['type'] === 'item_reference' || (item['type'] == null && item['role'] === undefined);
      const id = asString(item['id']);
      return isReference && id !== undefined ? [id] : [];
    });
    const reported = new Set<string>();
    const say = (id: string, who: string): void => {
      if (reported.has(id)) return;
      reported.add(id);
      report({
        item: null,
        itemId: id,
        group: id,
        message: `The request refers to item "${id}", which ${who} does not know.`,
        expected: 'a known item id',
        actual: id,
      });
    };
    return {
      request() {
        for (const id of references) if (session.isItemStored?.(id) === false) say(id, 'the store');
      },
      end({ answer }) {
        if (!answer || answer.status < 400 || !isObject(answer.body?.['error'])) return;
        const message = asString(answer.body['error']['message']) ?? '';
        if (!/not found|unknown|does not exist|no item/i.test(message)) return;
        for (const id of references) if (message.includes(id)) say(id, 'the server');
      },
    };
  },
});
