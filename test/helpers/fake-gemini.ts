/** The scenarios of ./fake-scenarios.ts as the Gemini API says them. */
import { SAID, type Scenario, type Scenarios } from './fake-scenarios.ts';

const frame = (payload: object): string => `data: ${JSON.stringify(payload)}\r\n\r\n`;
const chunk = (parts: object[], more: object = {}): string =>
  frame({
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 5, totalTokenCount: 17 },
    modelVersion: 'gemini-3-pro',
    responseId: 'gem-1',
  });

const [first, second] = [chunk([{ text: 'Hel' }]), chunk([{ text: 'lo, wörld 🌦.' }])];
const thought = [chunk([{ text: 'Let me ', thought: true }]), chunk([{ text: 'think.', thought: true }])];
const end = (finishReason: string): string => chunk([{ text: '' }], { finishReason });

function call(which: number, signature?: string): object {
  const { name, input } = SAID.calls[which] as (typeof SAID.calls)[number];
  return { functionCall: { name, args: input }, ...(signature === undefined ? {} : { thoughtSignature: signature }) };
}

const whole = (frames: string[], reason = 'STOP'): Scenario => ({ frames: [...frames, end(reason)], end: 'end' });
const refusedBy = (status: number, word: string, headers: Record<string, string> = {}): Scenario => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  frames: [JSON.stringify({ error: { code: status, message: SAID.errorText, status: word } })],
  end: 'end',
});

export const geminiScenarios: Scenarios = {
  text: whole([first, second]),
  json: whole([chunk([{ text: JSON.stringify(SAID.json) }])]),
  tool: whole([chunk([call(0, 'SIG1')])]),
  parallel: whole([chunk([call(0, 'SIG1'), call(1)])]),
  'think-text': whole([...thought, first, second]),
  'think-tool': whole([...thought, chunk([call(0, 'SIG1')])]),
  'rate-limited': refusedBy(429, 'RESOURCE_EXHAUSTED', { 'retry-after': '7' }),
  // Google has no 529; its own word for it is 503.
  overloaded: refusedBy(503, 'UNAVAILABLE'),
  'bad-key': refusedBy(401, 'UNAUTHENTICATED'),
  'error-mid': { frames: [first, frame({ error: { code: 503, message: SAID.errorText, status: 'UNAVAILABLE' } })], end: 'end' },
  cut: { frames: [first], end: 'end' },
  reset: { frames: [first], end: 'reset' },
  length: whole([first], 'MAX_TOKENS'),
  refusal: whole([first], 'SAFETY'),
  silent: { frames: [first], end: 'open' },
};
