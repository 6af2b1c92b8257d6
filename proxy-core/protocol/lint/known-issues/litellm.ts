/** Issues of LiteLLM's Responses bridge. `fixedIn` is the first version known not to have the fault (measured, Nov 2026). */
import type { JsonObject } from '../../json.ts';
import {
  callEvents,
  change,
  messageEvents,
  reasoningEvents,
  responseObject,
  textStream,
  wholeStream,
  without,
} from '../example-streams.ts';
import { decodeResponseId } from '../model/id-names.ts';
import { actualText, isPhantom, isReasoning, isText, type KnownIssueEntry } from './known-issue.ts';

const repo = 'BerriAI/litellm';
const LEAKED = 'chatcmpl-3b58c921';

/** A message whose opening is missing and whose events carry the upstream's chunk id. */
function orphanText(outputIndex: number, deltas: string[]): JsonObject[] {
  return messageEvents(outputIndex, LEAKED, deltas).slice(2);
}
/** LiteLLM's mark: every event names the configured model. */
const marked = (events: JsonObject[]): JsonObject[] => events.map((event) => ('response' in event ? event : { ...event, model: 'claude' }));
/** `resp_` + base64 of `litellm:custom_llm_provider:anthropic;model_id:1;response_id:resp_1`. */
const ENCODED = 'resp_bGl0ZWxsbTpjdXN0b21fbGxtX3Byb3ZpZGVyOmFudGhyb3BpYzttb2RlbF9pZDoxO3Jlc3BvbnNlX2lkOnJlc3BfMQ==';
const rotating = (): JsonObject[] => {
  let count = 0;
  return textStream().map((event) => ('item_id' in event ? { ...event, item_id: `${'A1b2'.repeat(100)}${count++}` } : event));
};
const unnumbered = (): JsonObject[] => marked(change(textStream(), 'response.output_text.delta', { sequence_number: null }));

export const litellmIssues: readonly KnownIssueEntry[] = [
  {
    repo,
    number: 27671,
    title: 'Responses API streaming bridge: multi-step Anthropic tool calls emit text-delta with unregistered chatcmpl- ID',
    fixedIn: '1.109.1',
    rules: ['item-id-announced', 'item-added-once'],
    matches: (seen) => isPhantom(seen) && actualText(seen).startsWith('chatcmpl-'),
    like: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), orphanText(1, ['Sunny.'])) },
    unlike: { events: change(textStream(), 'response.output_text.delta', { item_id: 'msg_other' }) },
  },
  {
    repo,
    number: 41185,
    title: 'Responses bridge: orphaned output_text.delta after reasoning-first chunks',
    fixedIn: '1.109.1',
    rules: ['item-id-announced'],
    matches: (seen) => isPhantom(seen) && isText(seen) && seen.traits.hasReasoning && actualText(seen).startsWith('chatcmpl-'),
    like: { events: wholeStream(reasoningEvents(0, 'rs_1', ['Hm.']), orphanText(0, ['Sunny.'])) },
    unlike: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), orphanText(1, ['Sunny.'])) },
  },
  {
    repo,
    number: 37852,
    title: 'Responses bridge: unopened assistant message item for tool-only Anthropic responses',
    fixedIn: '1.109.1',
    rules: ['item-id-announced', 'item-added-once'],
    matches: (seen) => isPhantom(seen) && seen.traits.hasCall && !seen.traits.hasTextDelta && actualText(seen).startsWith('chatcmpl-'),
    like: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), orphanText(1, [])) },
    unlike: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), orphanText(1, ['Sunny.'])) },
  },
  {
    repo,
    number: 19125,
    title: 'ID mismatch between text-start and text-delta when streaming the Responses API',
    fixedIn: null,
    rules: ['item-id-announced'],
    matches: (seen) => seen.facts?.match === 'alias' && isText(seen) && !seen.traits.hasGiantIds,
    like: { events: change(textStream(), 'response.output_text.delta', { item_id: LEAKED }) },
    unlike: { events: wholeStream(orphanText(0, ['Sunny.'])) },
  },
  {
    repo,
    number: 25336,
    title: 'Gemini: item_id of reasoning_summary_text.delta differs from the announced reasoning item',
    fixedIn: '1.109.1',
    rules: ['item-id-announced'],
    matches: (seen) => isReasoning(seen) && actualText(seen).startsWith('rs_'),
    like: {
      events: change(wholeStream(reasoningEvents(0, 'rs_1', ['Hm.'])), 'response.reasoning_summary_text.delta', {
        item_id: 'rs_-6465596845267310449',
      }),
    },
    unlike: { events: change(textStream(), 'response.output_text.delta', { item_id: 'rs_1' }) },
  },
  {
    repo,
    number: 26167,
    title: 'previous_response_id fails: created and completed carry different response ids',
    fixedIn: '1.109.1',
    rules: ['response-id-stable', 'previous-response-resolves'],
    matches: (seen) => {
      const later = decodeResponseId(actualText(seen));
      const first = decodeResponseId(typeof seen.finding.expected === 'string' ? seen.finding.expected : '');
      return later?.text.startsWith('litellm:') === true && !first;
    },
    like: { events: change(textStream(), 'response.completed', { response: { id: ENCODED } }) },
    unlike: { events: change(textStream(), 'response.completed', { response: { id: 'resp_2' } }) },
  },
  {
    repo,
    number: 13396,
    title: 'Responses api session management for streaming responses: the streamed response id is the raw provider id',
    fixedIn: '1.75.4',
    rules: ['response-id-namespace', 'response-id-stable'],
    matches: (seen) => actualText(seen).startsWith('chatcmpl-'),
    like: { events: [{ type: 'response.completed', response: responseObject('completed', [], { id: LEAKED }) }] },
    unlike: { events: [{ type: 'response.completed', response: responseObject('completed', [], { id: 'gen-1' }) }] },
  },
  {
    repo,
    number: 30071,
    title: 'github_copilot /v1/responses streaming breaks Vercel AI SDK with "reasoning part <id> not found" / "text part <id> not found"',
    fixedIn: null,
    rules: ['item-id-announced', 'item-id-stable'],
    matches: (seen) => seen.traits.hasGiantIds && actualText(seen).length > 150,
    like: { events: rotating() },
    unlike: { events: change(textStream(), 'response.output_text.delta', { item_id: LEAKED }) },
  },
  {
    repo,
    number: 22102,
    title: 'Responses streaming omits response.output_item.added',
    fixedIn: null,
    rules: ['item-id-announced', 'response-created-first'],
    matches: (seen) => !seen.traits.hasItems && seen.facts?.spec?.role === 'delta' && isText(seen),
    like: { events: without(textStream(), 'response.output_item.added', 'response.content_part.added') },
    unlike: { events: without(textStream(), 'response.content_part.added') },
  },
  {
    repo,
    number: 27333,
    title: '`/v1/responses` can replay `chatcmpl-*` message IDs into OpenAI Responses during cross-provider handoffs',
    fixedIn: '1.109.1',
    rules: ['item-id-namespace', 'item-id-stable'],
    matches: (seen) => (seen.finding.itemId ?? '').startsWith('chatcmpl-'),
    like: { events: wholeStream(messageEvents(0, LEAKED, ['Sunny.'])) },
    unlike: { events: wholeStream(messageEvents(0, 'gen-1', ['Sunny.'])) },
  },
  {
    repo,
    number: 28899,
    title: 'Responses streaming: sequence_number missing, stuck or not monotonic',
    fixedIn: null,
    rules: ['sequence-number-present', 'sequence-number-contiguous'],
    matches: (seen) => seen.traits.isLiteLlm,
    // The mark of LiteLLM comes with the first item event.
    like: { events: unnumbered() },
    unlike: { events: change(textStream(), 'response.output_text.delta', { sequence_number: null }) },
  },
  {
    repo,
    number: 32777,
    title: 'Chat bridge reasoning lifecycle: summary deltas without reasoning_summary_part.added',
    fixedIn: null,
    rules: ['part-added-before-content'],
    matches: (seen) => isReasoning(seen) && seen.traits.isLiteLlm,
    like: { events: marked(without(wholeStream(reasoningEvents(0, 'rs_1', ['Hm.'])), 'response.reasoning_summary_part.added')) },
    unlike: { events: marked(without(textStream(), 'response.content_part.added')) },
  },
  {
    repo,
    number: 21337,
    title: 'Parallel tool calls collapse to output_index 0',
    fixedIn: null,
    rules: ['output-index-sequence'],
    matches: (seen) => seen.finding.actual === 0 && seen.facts?.item?.type === 'function_call',
    like: { events: wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}']), callEvents(0, 'fc_2', 'call_2', ['{}'])) },
    unlike: { events: wholeStream(callEvents(1, 'fc_1', 'call_1', ['{}'])) },
  },
  {
    repo,
    number: 27144,
    title: 'Arguments arrive only in function_call_arguments.done, never in deltas',
    fixedIn: null,
    rules: ['content-has-deltas'],
    matches: (seen) => seen.facts?.type === 'response.function_call_arguments.done',
    like: { events: without(wholeStream(callEvents(0, 'fc_1', 'call_1', ['{}'])), 'response.function_call_arguments.delta') },
    unlike: { events: without(textStream(), 'response.output_text.delta') },
  },
];
