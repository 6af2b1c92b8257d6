/** A call_id is there, is the call's own, and is not the item's id. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { callEvents, callStream, wholeStream } from '../example-streams.ts';

export const callIdUnique = defineRule({
  id: 'call-id-unique',
  severity: 'error',
  title: 'call_id empty, used twice or equal to the item id',
  why: 'The tool result is matched to its call by call_id alone. An empty or shared one can not be answered; one that equals the item id mixes two namespaces and breaks the next request at OpenAI.',
  source: 'responses-stream reference, identity rule 3; unique and different from item.id in 136 of 136 genuine streams (to Aug 2026).',
  breaks: 'openai-node responses.stream(), the Agents SDKs and langchain with a shared call_id; every client with an empty one.',
  fix: 'Use the upstream call id (or a fresh call_…) as call_id and make a separate fc_… id for the item.',
  silentAfter: ['item-added-once', 'item-id-unique'],
  example: {
    good: { events: callStream() },
    bad: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), callEvents(1, 'fc_2', 'call_1', ['{}'])) },
  },
  watches: ['item-added'],
  create({ report }) {
    const seen = new Map<string, number>();
    return {
      event(facts) {
        if (!facts.added || facts.added.kind === 'again' || !isObject(facts.json['item'])) return;
        const type = facts.item?.type;
        if (type !== 'function_call' && type !== 'custom_tool_call') return;
        const callId = asString(facts.json['item']['call_id']);
        if (callId === undefined) return;
        const message =
          callId === ''
            ? 'The call is announced with an empty call_id, so no result can be matched to it.'
            : callId === facts.itemId
              ? `call_id "${callId}" is also the item's id; they must be two different ids.`
              : seen.has(callId)
                ? `call_id "${callId}" is already used by the call announced in event ${seen.get(callId)}.`
                : undefined;
        if (!seen.has(callId)) seen.set(callId, facts.event.index);
        if (message === undefined) return;
        report({ facts, message, expected: 'a call_id of its own', actual: callId });
      },
    };
  },
});
