/** Ids that the client sends back are ids that it was given. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';

const request = { model: 'm', input: [{ id: 'msg_x', type: 'message', role: 'assistant', content: 'Hi' }] };

export const inputIdsKnown = defineRule({
  id: 'input-ids-known',
  severity: 'warning',
  title: 'Client sends back an id it was not given',
  why: 'A client that changes or makes up ids loses the thread: references do not resolve and outputs do not find their calls. Often it kept an id from an event that another event contradicted.',
  source: 'Ids in the next turn are those of the last one in all recorded two-turn runs of 14 clients (2026).',
  breaks: 'The next request, when the server checks ids.',
  fix: 'Look for item-id-stable and response-id-stable in the earlier step: the client may have kept the other id.',
  isAboutRequest: true,
  example: {
    good: { events: textStream(), request, session: { isComplete: true, isKnownId: () => true } },
    bad: { events: textStream(), request, session: { isComplete: true, isKnownId: () => false } },
  },
  create: ({ report, session }) => ({
    request(given) {
      if (!session.isComplete || !session.isKnownId) return;
      const input: unknown[] = Array.isArray(given['input']) ? given['input'] : [];
      input.forEach((item, position) => {
        if (!isObject(item) || item['role'] === 'user' || item['role'] === 'system' || item['role'] === 'developer') return;
        const isCall = item['type'] === 'function_call' || item['type'] === 'custom_tool_call';
        const ids = [asString(item['id']), isCall ? asString(item['call_id']) : undefined];
        for (const id of ids) {
          if (id === undefined || id === '' || String(item['type']).endsWith('_output') || session.isKnownId?.(id)) continue;
          report({
            item: null,
            itemId: id,
            group: id,
            message: `input[${position}] has the id "${id}", which no step of this session handed out.`,
            expected: 'an id from an earlier answer',
            actual: id,
          });
        }
      });
    },
  }),
});
