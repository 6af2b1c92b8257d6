/** The arguments of a completed call are JSON. */
import { asString, isObject, parseJson } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { callEvents, callStream, wholeStream } from '../example-streams.ts';

export const argumentsJson = defineRule({
  id: 'arguments-json',
  severity: 'error',
  title: 'Arguments are not JSON',
  why: 'The client parses the arguments to run the tool. A completed call whose arguments do not parse can not be run.',
  source:
    '133 of 133 completed calls of genuine streams parse (to Aug 2026). The model may be at fault, but a server should not call it completed.',
  breaks: 'Every client that runs tools: an error part or an exception.',
  fix: 'When the upstream stops in the middle of a call, end with status incomplete; never cut or double arguments.',
  silentAfter: ['deltas-equal-done', 'item-added-once', 'item-id-announced', 'lost-event'],
  example: {
    good: { events: callStream() },
    bad: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{"city":', '"Par'])) },
  },
  watches: ['item-done'],
  create: ({ report }) => ({
    event(facts) {
      if (facts.spec?.role !== 'item-done' || facts.wasItemDone || !isObject(facts.json['item'])) return;
      const entry = facts.json['item'];
      const args = asString(entry['arguments']);
      if (entry['type'] !== 'function_call' || args === undefined || (entry['status'] !== undefined && entry['status'] !== 'completed'))
        return;
      if (parseJson(args) !== undefined) return;
      report({
        facts,
        message: `The arguments of the completed call "${asString(entry['name']) ?? ''}" are not JSON${args === '' ? ': they are empty' : ''}.`,
        expected: 'JSON',
        actual: args,
      });
    },
  }),
});
