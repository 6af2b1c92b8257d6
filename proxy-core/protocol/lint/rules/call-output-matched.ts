/** Each call output in the request has its call, and each call its output. */
import { asObject, asString, isObject, type JsonObject } from '../../json.ts';
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
  create({ report, session, request: given }) {
    const input = Array.isArray(given?.['input']) ? given['input'].filter(isObject) : [];
    const reported = new Set<string>();
    const say = (id: string, message: string, expected: unknown): void => {
      reported.add(id);
      report({ item: null, group: id, message, expected, actual: id });
    };

    /** The calls that an output may answer, and those that need one; undefined when part of the history is out of sight. */
    function reachableCalls(request: JsonObject): { all: Set<string>; open: Set<string> } | undefined {
      if (request['conversation'] !== undefined && request['conversation'] !== null) return undefined;
      const all = idsOf(input, CALLS);
      const open = new Set(all);
      const previous = asString(request['previous_response_id']);
      if (previous !== undefined) {
        const chain = session.callsOfChain?.(previous);
        if (!chain) return undefined;
        for (const id of chain.callIds) {
          all.add(id);
          if (!chain.answered.has(id)) open.add(id);
        }
      }
      for (const item of input) {
        if (item['type'] !== 'item_reference' && !(item['type'] == null && item['role'] === undefined)) continue;
        const itemId = asString(item['id']) ?? '';
        const callId = session.callIdOfItem?.(itemId);
        if (callId !== undefined) {
          all.add(callId);
          open.add(callId);
        } else if (session.responseOfItem?.(itemId) === undefined) {
          // The reference may well be the call that is asked for.
          return undefined;
        }
      }
      return { all, open };
    }

    return {
      request(request) {
        for (const [position, item] of input.entries()) {
          if (!OUTPUTS.has(String(item['type'])) || asString(item['call_id'])) continue;
          const message = `input[${position}] is a ${String(item['type'])} without a call_id, so it answers no call.`;
          report({ item: null, group: `input ${position}`, message, expected: 'a call_id', actual: item['call_id'] ?? null });
        }
        const calls = reachableCalls(request);
        if (!calls) return;
        const outputs = idsOf(input, OUTPUTS);
        for (const id of outputs) {
          if (!calls.all.has(id)) say(id, `The output for call_id "${id}" has no call in the input or before it.`, [...calls.all]);
        }
        for (const id of calls.open)
          if (!outputs.has(id)) say(id, `The call with call_id "${id}" has no output in the input.`, 'an output');
      },
      end({ answer }) {
        // Where the history is out of sight, the server's own words count.
        if (!answer || answer.status < 400) return;
        const message = asString(asObject(answer.body?.['error'])['message']) ?? '';
        if (!/no tool (?:call|output) found/i.test(message)) return;
        const id = [...idsOf(input, OUTPUTS), ...idsOf(input, CALLS)].find((candidate) => message.includes(candidate)) ?? '';
        if (!reported.has(id)) say(id, `The server refused the input: ${message}`, 'call and output together');
      },
    };
  },
});

function idsOf(input: JsonObject[], types: ReadonlySet<string>): Set<string> {
  return new Set(input.flatMap((item) => (types.has(String(item['type'])) ? asString(item['call_id']) || [] : [])));
}
