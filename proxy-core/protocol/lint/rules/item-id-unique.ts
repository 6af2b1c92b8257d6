/** Item ids are unique in a session: within one response, and between its responses. */
import { defineRule } from '../define-rule.ts';
import { callEvents, parallelStream, wholeStream } from '../example-streams.ts';

export const itemIdUnique = defineRule({
  id: 'item-id-unique',
  severity: 'error',
  title: 'Two items share an id',
  why: 'Ids are how clients and servers tell items apart. When two share one, arguments run together, an earlier message is overwritten, and the next request is refused for duplicate ids.',
  source: 'OpenAI answers 400 "Duplicate item found with id …"; ids are unique in 514 of 514 genuine streams (to Aug 2026).',
  breaks:
    'openai-node responses.stream(), pydantic-ai, the Agents SDKs; chat front ends that keep messages by id overwrite the earlier one.',
  fix: 'Make a fresh random id for each item, and never reuse a constant or an id from an earlier turn.',
  silentAfter: ['item-added-once'],
  example: {
    good: { events: parallelStream() },
    bad: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), callEvents(1, 'fc_1', 'call_2', ['{}'])) },
  },
  watches: ['item-added'],
  create: ({ report, model, session }) => ({
    event(facts) {
      const { added, item, itemId } = facts;
      if (!added || !item || itemId === null || itemId === '' || added.kind === 'again') return;
      if (added.sameId) {
        report({
          facts,
          message: `The item at output_index ${facts.outputIndex} has the id "${itemId}", which the item at output_index ${added.sameId.outputIndex} already has.`,
          expected: 'an id of its own',
          actual: itemId,
        });
        return;
      }
      const earlier = session.responseOfItem?.(itemId);
      if (earlier === undefined || earlier === model.responseId) return;
      report({
        facts,
        message: `The id "${itemId}" was already given to an item of ${earlier}, an earlier response of this session.`,
        expected: 'an id of its own',
        actual: itemId,
      });
    },
  }),
});
