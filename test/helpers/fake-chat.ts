/** The scenarios of ./fake-scenarios.ts as a Chat Completions server says them. */
import { SAID, type Scenario, type Scenarios } from './fake-scenarios.ts';

const frame = (payload: object | string): string => `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`;
const chunk = (delta: object, finish_reason: string | null = null): string =>
  frame({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] });
const usage = frame({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [],
  usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 },
});

const begin = chunk({ role: 'assistant', content: '' });
const [first, second] = [chunk({ content: 'Hel' }), chunk({ content: 'lo, wörld 🌦.' })];
const thought = [chunk({ reasoning_content: 'Let me ' }), chunk({ reasoning_content: 'think.' })];
const end = (reason: string): string[] => [chunk({}, reason), usage, frame('[DONE]')];

function call(index: number): string[] {
  const { name, input } = SAID.calls[index] as (typeof SAID.calls)[number];
  const text = JSON.stringify(input);
  const piece = (more: object): string => chunk({ tool_calls: [{ index, ...more }] });
  return [
    piece({ id: `call_${index}x`, type: 'function', function: { name, arguments: '' } }),
    piece({ function: { arguments: text.slice(0, 5) } }),
    piece({ function: { arguments: text.slice(5) } }),
  ];
}

const whole = (frames: string[], reason: string): Scenario => ({ frames: [begin, ...frames, ...end(reason)], end: 'end' });
const refusedBy = (status: number, type: string, headers: Record<string, string> = {}): Scenario => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  frames: [JSON.stringify({ error: { message: SAID.errorText, type, param: null, code: null } })],
  end: 'end',
});

export const chatScenarios: Scenarios = {
  text: whole([first, second], 'stop'),
  json: whole([chunk({ content: JSON.stringify(SAID.json) })], 'stop'),
  tool: whole(call(0), 'tool_calls'),
  parallel: whole([...call(0), ...call(1)], 'tool_calls'),
  'think-text': whole([...thought, first, second], 'stop'),
  'think-tool': whole([...thought, ...call(0)], 'tool_calls'),
  'rate-limited': refusedBy(429, 'rate_limit_error', { 'retry-after': '7' }),
  overloaded: refusedBy(529, 'overloaded_error'),
  'bad-key': refusedBy(401, 'authentication_error'),
  'error-mid': { frames: [begin, first, frame({ error: { message: SAID.errorText, type: 'overloaded_error' } })], end: 'end' },
  cut: { frames: [begin, first], end: 'end' },
  reset: { frames: [begin, first], end: 'reset' },
  length: whole([first], 'length'),
  refusal: whole([first], 'content_filter'),
  silent: { frames: [begin, first], end: 'open' },
};
