/** The item_id and the output_index of an event must name the same item. */
import { defineRule } from '../define-rule.ts';
import { change, parallelStream } from '../example-streams.ts';

export const itemIdMatchesIndex = defineRule({
  id: 'item-id-matches-index',
  severity: 'error',
  title: 'item_id and output_index name different items',
  why: 'Some clients find an item by its id, others by its output_index. When the two disagree, the same event lands in different items, depending on who reads it.',
  source:
    'responses-stream reference, identity rule 2; item_id is the id at that output_index in 508 of 508 genuine OpenAI streams (to Aug 2026).',
  breaks: 'openai-node and openai-python responses.stream(), the OpenAI Agents SDKs and langchain-openai, which go by output_index.',
  fix: 'Store the output_index with the item when it opens and write both from there.',
  silentAfter: ['item-id-announced', 'item-added-once', 'output-index-sequence', 'item-id-unique'],
  example: {
    good: { events: parallelStream() },
    bad: { events: change(parallelStream(), 'response.function_call_arguments.delta', { output_index: 1 }, 0) },
  },
  create: ({ report }) => ({
    event(facts) {
      const { item, outputIndex } = facts;
      if (facts.spec?.role === 'item-added' || facts.match !== 'announced' || !item || facts.itemId === null) return;
      if (outputIndex === null || item.outputIndex === null || outputIndex === item.outputIndex) return;
      report({
        facts,
        message: `${facts.type} has output_index ${outputIndex}, but its item "${facts.itemId}" was announced at output_index ${item.outputIndex}.`,
        expected: item.outputIndex,
        actual: outputIndex,
      });
    },
  }),
});
