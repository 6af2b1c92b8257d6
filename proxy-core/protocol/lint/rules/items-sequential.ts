/** One item after the other. Legal otherwise, but not every client can. */
import { defineRule } from '../define-rule.ts';
import { callEvents, parallelStream, wholeStream } from '../example-streams.ts';
import { isExemptFromOrder } from '../model/item-state.ts';

export const itemsSequential = defineRule({
  id: 'items-sequential',
  severity: 'warning',
  title: 'Items overlap',
  why: 'OpenAI closes an item before it announces the next, also for parallel calls. Clients that only keep a current item lose arguments when two are open.',
  source:
    '513 of 514 genuine streams (mcp_list_tools interleave, to Aug 2026). Not forbidden by the specification, so this is only a warning.',
  breaks: 'langchain-openai drops or mixes the arguments of interleaved calls.',
  fix: 'Hold back the events of a later item until the earlier one is done.',
  silentAfter: ['item-added-once', 'item-id-announced'],
  example: {
    good: { events: parallelStream() },
    bad: {
      events: (() => {
        const first = callEvents(0, 'fc_1', 'call_1', ['{"city":"Paris"}']);
        const second = callEvents(1, 'fc_2', 'call_2', ['{"city":"Rome"}']);
        const mixed = first.flatMap((event, index) => [event, second[index] ?? event]);
        return wholeStream(mixed);
      })(),
    },
  },
  watches: ['item-added'],
  create: ({ report }) => ({
    event(facts) {
      const { added, item } = facts;
      const other = added?.openBefore[0];
      if (!added || added.kind === 'again' || !other || !item || isExemptFromOrder(item)) return;
      report({
        facts,
        message: `Item "${facts.itemId}" (${item.type}) is announced while "${other.id}" (${other.type}, event ${other.addedAt}) is still open.`,
        expected: 'output_item.done first',
        actual: other.id,
      });
    },
  }),
});
