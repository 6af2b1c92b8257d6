/** output_index counts the items. */
import { defineRule } from '../define-rule.ts';
import { callEvents, parallelStream, wholeStream } from '../example-streams.ts';

export const outputIndexSequence = defineRule({
  id: 'output-index-sequence',
  severity: 'error',
  title: 'output_index skipped or reused',
  why: 'output_index names an item for the rest of the stream and is its place in the final output. Clients that keep items in a list find a hole, or overwrite an earlier item.',
  source: '0, 1, 2, … in order of announcement in 514 of 514 genuine streams (to Aug 2026).',
  breaks:
    'openai-node and openai-python responses.stream() ("Duplicate response output index"), the Agents SDK for Python, langchain-openai; plain accumulation loses a parallel call.',
  fix: 'Keep one counter per response and take the next number whenever an item is announced, whatever its kind.',
  silentAfter: ['item-added-once', 'item-id-announced', 'lost-event'],
  example: {
    good: { events: parallelStream() },
    bad: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), callEvents(0, 'fc_2', 'call_2', ['{}'])) },
  },
  watches: ['item-added'],
  create: ({ report }) => ({
    event(facts) {
      const { added, outputIndex } = facts;
      if (!added || added.kind !== 'new' || outputIndex === null || outputIndex === added.nextIndex) return;
      report({
        facts,
        message:
          outputIndex < added.nextIndex
            ? `Item "${facts.itemId}" is announced at output_index ${outputIndex}, which was used before; the next free one is ${added.nextIndex}.`
            : `Item "${facts.itemId}" is announced at output_index ${outputIndex}; the next one should be ${added.nextIndex}.`,
        expected: added.nextIndex,
        actual: outputIndex,
      });
    },
  }),
});
