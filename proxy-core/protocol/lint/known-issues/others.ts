/** Issues of other servers and gateways, and of what clients send. From the threads in the field study (2026). */
import { callEvents, callStream, change, messageEvents, parallelStream, textStream, wholeStream, without } from '../example-streams.ts';
import { actualText, type KnownIssueEntry } from './known-issue.ts';

const interleaved = () => {
  const first = callEvents(0, 'fc_1', 'call_1', ['{}']);
  const second = callEvents(1, 'fc_2', 'call_2', ['{}']);
  return wholeStream([...first.slice(0, 1), ...second.slice(0, 1), ...first.slice(1), ...second.slice(1)]);
};
const user = { role: 'user', content: 'Hi' };
const answer = { id: 'msg_1', type: 'message', role: 'assistant', content: 'Hi' };

export const otherIssues: readonly KnownIssueEntry[] = [
  {
    repo: 'QuantumNous/new-api',
    number: 4362,
    title: 'response.completed has an empty output although items were streamed',
    fixedIn: null,
    rules: ['final-output-equals-stream'],
    matches: ({ finding }) => Array.isArray(finding.actual) && finding.actual.length === 0,
    like: { events: change(textStream(), 'response.completed', { response: { output: [] } }) },
    unlike: {
      events: change(textStream(), 'response.completed', { response: { output: [messageEvents(0, 'msg_1', ['No.']).at(-1)?.['item']] } }),
    },
  },
  {
    repo: 'decolua/9router',
    number: 705,
    title: 'response.completed without output and usage',
    fixedIn: null,
    rules: ['required-fields'],
    matches: ({ finding, facts }) => facts?.spec?.role === 'terminal' && finding.message.includes('response.output is missing'),
    like: { events: change(textStream(), 'response.completed', { response: { output: undefined, usage: undefined } }) },
    unlike: { events: change(textStream(), 'response.created', { response: { output: undefined } }) },
  },
  {
    repo: 'vllm-project/vllm',
    number: 47916,
    title: 'call_id of output_item.done differs from the one in response.completed',
    fixedIn: null,
    rules: ['call-id-stable'],
    matches: ({ facts }) => facts?.spec?.role === 'terminal',
    like: {
      events: change(callStream(), 'response.completed', {
        response: { output: [{ ...(callEvents(0, 'fc_1', 'call_9', ['{"city":', '"Paris"}']).at(-1)?.['item'] as object) }] },
      }),
    },
    unlike: { events: change(callStream(), 'response.output_item.done', { item: { call_id: 'call_9' } }) },
  },
  {
    repo: 'EricLBuehler/mistral.rs',
    number: 1944,
    title: 'Each of output_item.added, done and completed has a new message id',
    fixedIn: null,
    rules: ['item-id-stable'],
    matches: ({ facts, traits }) => facts?.spec?.role === 'item-done' && facts.item?.type === 'message' && !traits.hasGiantIds,
    like: { events: change(textStream(), 'response.output_item.done', { item: { id: 'msg_2' } }) },
    unlike: { events: change(callStream(), 'response.output_item.done', { item: { id: 'fc_2' } }) },
  },
  {
    repo: 'ogx-ai/ogx',
    number: 5309,
    title: 'response.output_text.done is never emitted',
    fixedIn: null,
    rules: ['part-done'],
    matches: ({ finding }) => finding.message.includes('no output_text.done'),
    like: { events: without(textStream(), 'response.output_text.done') },
    unlike: { events: without(textStream(), 'response.content_part.done') },
  },
  {
    repo: 'sgl-project/sglang',
    number: 12652,
    title: 'output_item.done is missing for tool calls',
    fixedIn: null,
    rules: ['item-done'],
    matches: ({ finding }) => finding.message.includes('(function_call)'),
    like: { events: without(callStream(), 'response.output_item.done') },
    unlike: { events: without(textStream(), 'response.output_item.done') },
  },
  {
    repo: 'can1357/oh-my-pi',
    number: 1880,
    title: 'llama.cpp interleaves parallel tool calls; clients with one current item lose arguments',
    fixedIn: null,
    rules: ['items-sequential'],
    matches: ({ facts, traits }) =>
      !traits.isLiteLlm &&
      facts?.item?.type === 'function_call' &&
      facts.added?.openBefore.some((item) => item.type === 'function_call') === true,
    like: { events: interleaved() },
    unlike: { events: change(parallelStream(), 'response.output_item.done', { item: { id: 'fc_9' } }) },
  },
  {
    repo: 'lemonade-sdk/lemonade',
    number: 3607,
    title: 'output_index and content_index are absent from streamed events',
    fixedIn: null,
    rules: ['required-fields'],
    matches: ({ finding }) => finding.message.includes('output_index is missing'),
    like: { events: change(textStream(), 'response.output_text.delta', { output_index: undefined, content_index: undefined }) },
    unlike: { events: change(textStream(), 'response.output_text.delta', { content_index: undefined }) },
  },
  {
    repo: 'HEXUXIU/M365-Copilot2API',
    number: 77,
    title: 'call_id and name are empty in output_item.added',
    fixedIn: null,
    rules: ['call-id-unique'],
    matches: ({ finding }) => finding.actual === '',
    like: { events: change(callStream(), 'response.output_item.added', { item: { call_id: '' } }) },
    unlike: { events: wholeStream(callEvents(0, 'fc_1', 'fc_1', ['{}'])) },
  },
  {
    repo: 'openai/openai-agents-python',
    number: 3079,
    title: 'A constant __fake_id__ is used for every item',
    fixedIn: null,
    rules: ['item-id-unique', 'item-id-namespace'],
    matches: (seen) => actualText(seen) === '__fake_id__',
    like: { events: wholeStream(messageEvents(0, '__fake_id__', ['A']), messageEvents(1, '__fake_id__', ['B'])) },
    unlike: { events: wholeStream(messageEvents(0, 'msg_1', ['A']), messageEvents(1, 'msg_1', ['B'])) },
  },
  {
    repo: 'pydantic/pydantic-ai',
    number: 8208,
    title: 'A delta arrives after the end of the same part',
    fixedIn: null,
    rules: ['nothing-after-done'],
    matches: ({ facts }) => facts?.spec?.role === 'delta' && !facts.wasItemDone,
    like: {
      events: (() => {
        const events = textStream();
        const late = events.splice(5, 1);
        return [...events.slice(0, 6), ...late, ...events.slice(6)];
      })(),
    },
    unlike: { events: [...textStream().slice(0, 9), ...textStream().slice(4, 5), ...textStream().slice(9)] },
  },
  {
    repo: 'earendil-works/pi',
    number: 5147,
    title: 'Duplicate item ids in the input of the next request',
    fixedIn: null,
    rules: ['input-ids-unique'],
    matches: () => true,
    like: { events: textStream(), request: { model: 'm', input: [answer, answer] } },
    unlike: { events: textStream(), request: { model: 'm', input: [{ type: 'function_call_output', call_id: 'call_1', output: '' }] } },
  },
  {
    repo: 'vercel/ai',
    number: 8216,
    title: 'No tool call found for function call output',
    fixedIn: null,
    rules: ['call-output-matched'],
    matches: ({ finding }) => finding.message.startsWith('The output'),
    like: { events: textStream(), request: { model: 'm', input: [user, { type: 'function_call_output', call_id: 'call_1', output: '' }] } },
    unlike: {
      events: textStream(),
      request: { model: 'm', input: [user, { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }] },
    },
  },
  {
    repo: 'vercel/ai',
    number: 7543,
    title: 'A reasoning item is referenced although it was not stored',
    fixedIn: null,
    rules: ['item-reference-resolves'],
    matches: ({ finding }) => (finding.itemId ?? '').startsWith('rs_'),
    like: {
      events: textStream(),
      request: { model: 'm', input: [{ type: 'item_reference', id: 'rs_1' }, user] },
      session: { isItemStored: () => false },
    },
    unlike: {
      events: textStream(),
      request: { model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }, user] },
      session: { isItemStored: () => false },
    },
  },
  {
    repo: 'lmstudio-ai/lmstudio-bug-tracker',
    number: 1188,
    title: 'previous_response_not_found for the id that was just sent',
    fixedIn: null,
    rules: ['previous-response-resolves'],
    matches: (seen) => /^resp_[0-9a-f]{48}$/.test(actualText(seen)),
    like: {
      events: textStream(),
      request: { model: 'm', input: 'Hi', previous_response_id: `resp_${'0a'.repeat(24)}` },
      session: { isResponseStored: () => false },
    },
    unlike: {
      events: textStream(),
      request: { model: 'm', input: 'Hi', previous_response_id: 'resp_1' },
      session: { isResponseStored: () => false },
    },
  },
];
