/** Each call output in the request has its call, and each call its output. */
import { asString, isObject, type JsonObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';

const CALLS = new Set(['function_call', 'custom_tool_call']);
const OUTPUTS = new Set(['function_call_output', 'custom_tool_call_output']);
const user = { role: 'user', content: 'Weather?' };
const call = { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'call_1', output: '21' };

export const callOutputMatched = defineRule({
  id: 'call-output-matched',
  severity: 'error',
  title: 'Call without output, or output without call',
  why: 'Servers refuse such a history: "No tool call found for function call output", "No tool output found for function call". A bridge that lets it through asks the model about half a conversation.',
  source: 'Every output has its call in 93 of 93 genuine requests (120 outputs, to Aug 2026).',
  breaks: 'The request itself: 400 at OpenAI and at Anthropic.',
  fix: 'Send the call and its output together, with the call_id (not the item id), or chain with previous_response_id.',
  isAboutRequest: true,
  example: {
    good: { events: textStream(), request: { model: 'm', input: [user, call, output] } },
    bad: { events: textStream(), request: { model: 'm', input: [user, { ...output, call_id: 'fc_9' }] } },
  },
  create: ({ report, session }) => ({
    request(request) {
      const input = Array.isArray(request['input']) ? request['input'].filter(isObject) : [];
      const calls = idsOf(input, CALLS);
      const outputs = idsOf(input, OUTPUTS);
      let canTell = request['conversation'] === undefined || request['conversation'] === null;
      const open = new Set(calls);
      const previous = asString(request['previous_response_id']);
      if (previous !== undefined) {
        const chain = session.callsOfChain?.(previous);
        if (!chain) canTell = false;
        for (const id of chain?.callIds ?? []) {
          calls.add(id);
          if (!chain?.answered.has(id)) open.add(id);
        }
      }
      for (const item of input) {
        if (item['type'] !== 'item_reference' && !(item['type'] == null && item['role'] === undefined)) continue;
        const id = session.callIdOfItem?.(asString(item['id']) ?? '');
        // A reference may well be the call; without a store nobody can say.
        if (id === undefined) canTell = false;
        else {
          calls.add(id);
          open.add(id);
        }
      }
      if (canTell) {
        for (const id of outputs) {
          if (calls.has(id)) continue;
          report({
            item: null,
            group: id,
            message: `The output for call_id "${id}" has no call in the input or before it.`,
            expected: [...calls],
            actual: id,
          });
        }
      }
      for (const id of open) {
        if (outputs.has(id) || !canTell) continue;
        report({
          item: null,
          group: id,
          message: `The call with call_id "${id}" has no output in the input.`,
          expected: 'an output',
          actual: null,
        });
      }
    },
  }),
});

function idsOf(input: JsonObject[], types: ReadonlySet<string>): Set<string> {
  return new Set(
    input.flatMap((item) => (types.has(String(item['type'])) && typeof item['call_id'] === 'string' ? [item['call_id']] : [])),
  );
}
