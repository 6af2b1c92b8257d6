/** A call's call_id and name are final when it is announced. */
import { asString, isObject, type JsonObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import type { EventFacts } from '../model/event-facts.ts';
import type { ItemState } from '../model/item-state.ts';
import { change, callStream } from '../example-streams.ts';

export const callIdStable = defineRule({
  id: 'call-id-stable',
  severity: 'error',
  title: 'Call changes its call_id or name',
  why: 'The client runs the call under one call_id and answers with it. If the server ends with another, the answer has no call, and the next request fails.',
  source:
    'responses-stream reference, identity rule 3; equal at added, done and in the terminal output in 139 of 139 genuine streams (to Aug 2026).',
  breaks: 'openai-node and openai-python responses.stream(); AI SDK user interfaces show the call twice.',
  fix: 'Fix call_id and name before announcing the item; hold the announcement back until the upstream has named the tool.',
  silentAfter: ['item-added-once', 'call-id-unique'],
  example: {
    good: { events: callStream() },
    bad: { events: change(callStream(), 'response.output_item.done', { item: { call_id: 'call_other' } }) },
  },
  watches: ['item-done', 'terminal'],
  create({ report }) {
    const check = (facts: EventFacts, item: ItemState, entry: JsonObject, where: string): void => {
      for (const [key, announced] of [
        ['call_id', item.callId],
        ['name', item.name],
      ] as const) {
        const now = asString(entry[key]);
        if (announced === null || now === undefined || now === announced) continue;
        report({
          facts,
          item,
          itemId: item.id,
          outputIndex: item.outputIndex,
          message: `The call was announced with ${key} "${announced}" but has "${now}" ${where}.`,
          expected: announced,
          actual: now,
        });
        return;
      }
    };
    return {
      event(facts) {
        if (
          facts.spec?.role === 'item-done' &&
          facts.item &&
          !facts.wasItemDone &&
          facts.item.addedAt !== null &&
          isObject(facts.json['item'])
        ) {
          check(facts, facts.item, facts.json['item'], 'in output_item.done');
        }
        for (const { entry, item } of facts.terminal?.entries ?? []) {
          if (item && item.addedAt !== null && item.type === entry['type']) check(facts, item, entry, 'in the final output');
        }
      },
    };
  },
});
