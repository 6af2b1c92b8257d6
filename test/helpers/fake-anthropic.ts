/** The scenarios of ./fake-scenarios.ts as Anthropic says them. */
import { SAID, type Scenario, type Scenarios } from './fake-scenarios.ts';

const event = (payload: { type: string; [field: string]: unknown }): string =>
  `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;

const begin = event({
  type: 'message_start',
  message: {
    id: 'msg_01fake',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 },
  },
});
const start = (index: number, content_block: object): string => event({ type: 'content_block_start', index, content_block });
const delta = (index: number, one: object): string => event({ type: 'content_block_delta', index, delta: one });
const stop = (index: number): string => event({ type: 'content_block_stop', index });

const openText = (index: number): string[] => [start(index, { type: 'text', text: '' }), delta(index, { type: 'text_delta', text: 'Hel' })];
const text = (index: number): string[] => [...openText(index), delta(index, { type: 'text_delta', text: 'lo, wörld 🌦.' }), stop(index)];
const thinking = [
  start(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'Let me ' }),
  delta(0, { type: 'thinking_delta', thinking: 'think.' }),
  delta(0, { type: 'signature_delta', signature: 'SIG1' }),
  stop(0),
];
const end = (stop_reason: string): string[] => [
  event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } }),
  event({ type: 'message_stop' }),
];

function call(index: number, which: number): string[] {
  const { name, input } = SAID.calls[which] as (typeof SAID.calls)[number];
  const json = JSON.stringify(input);
  return [
    start(index, { type: 'tool_use', id: `toolu_0${which}`, name, input: {} }),
    delta(index, { type: 'input_json_delta', partial_json: json.slice(0, 5) }),
    delta(index, { type: 'input_json_delta', partial_json: json.slice(5) }),
    stop(index),
  ];
}

const whole = (frames: string[], reason: string): Scenario => ({ frames: [begin, ...frames, ...end(reason)], end: 'end' });
const refusedBy = (status: number, type: string, headers: Record<string, string> = {}): Scenario => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  frames: [JSON.stringify({ type: 'error', error: { type, message: SAID.errorText }, request_id: 'req_1' })],
  end: 'end',
});

export const anthropicScenarios: Scenarios = {
  text: whole([event({ type: 'ping' }), ...text(0)], 'end_turn'),
  json: whole(
    [start(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: JSON.stringify(SAID.json) }), stop(0)],
    'end_turn',
  ),
  tool: whole(call(0, 0), 'tool_use'),
  parallel: whole([...call(0, 0), ...call(1, 1)], 'tool_use'),
  'think-text': whole([...thinking, ...text(1)], 'end_turn'),
  'think-tool': whole([...thinking, ...call(1, 0)], 'tool_use'),
  'rate-limited': refusedBy(429, 'rate_limit_error', { 'retry-after': '7' }),
  overloaded: refusedBy(529, 'overloaded_error'),
  'bad-key': refusedBy(401, 'authentication_error'),
  'error-mid': {
    frames: [begin, ...openText(0), event({ type: 'error', error: { type: 'overloaded_error', message: SAID.errorText } })],
    end: 'end',
  },
  cut: { frames: [begin, ...openText(0)], end: 'end' },
  reset: { frames: [begin, ...openText(0)], end: 'reset' },
  length: whole([...openText(0), stop(0)], 'max_tokens'),
  refusal: whole([...openText(0), stop(0)], 'refusal'),
  silent: { frames: [begin, ...openText(0)], end: 'open' },
};
