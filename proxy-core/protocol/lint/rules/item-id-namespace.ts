/** An item's id should begin with the prefix of its type; ids of other systems are named. */
import { defineRule } from '../define-rule.ts';
import { textStream, wholeStream, messageEvents } from '../example-streams.ts';
import { foreignNamespace, prefixesOf } from '../model/id-names.ts';

export const itemIdNamespace = defineRule({
  id: 'item-id-namespace',
  severity: 'warning',
  title: 'Item id with a foreign prefix',
  why: 'An id from another system in an item shows that a bridge passes ids through. OpenAI itself refuses such an item in the next request: "expected an ID that begins with msg".',
  source: 'Prefixes of 516 genuine OpenAI and Azure streams (to Aug 2026). Other providers use others, so this is only a warning.',
  breaks: 'Nobody while the stream runs; the next request fails when it goes to OpenAI with this item in its input.',
  fix: 'Give each item an id of its own with the prefix of its type (msg_, rs_, fc_, ctc_, …) and keep the upstream id to yourself.',
  silentAfter: ['item-id-announced', 'item-added-once', 'item-id-unique'],
  example: {
    good: { events: textStream() },
    bad: { events: wholeStream(messageEvents(0, 'chatcmpl-7c1f2a', ['Sunny.'])) },
  },
  watches: ['item-added'],
  create: ({ report }) => ({
    event(facts) {
      const { item, itemId } = facts;
      if (!facts.added || facts.added.kind === 'again' || !item || item.type === null || itemId === null || itemId === '') return;
      const prefixes = prefixesOf(item.type);
      if (!prefixes || prefixes.some((prefix) => itemId.startsWith(prefix))) return;
      const owner = foreignNamespace(itemId);
      report({
        facts,
        message: `A ${item.type} item has the id "${itemId}"${owner === undefined ? '' : `, which looks like the id of ${owner}`}; OpenAI's begin with ${prefixes.join(' or ')}.`,
        expected: prefixes[0],
        actual: itemId,
      });
    },
  }),
});
