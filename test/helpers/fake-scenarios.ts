/** The scenarios that every fake provider can play (./fake-upstream.ts), and what they say. */
/** What every scenario says, in whatever words the provider has for it. */
export const SAID = {
  text: ['Hel', 'lo, wörld 🌦.'],
  thought: 'Let me think.',
  calls: [
    { name: 'get_weather', input: { city: 'Paris' } },
    { name: 'get_time', input: { city: 'Oslo' } },
  ],
  usage: { input: 12, output: 5 },
  json: { city: 'Paris', country: 'France' },
  errorText: 'The model is overloaded.',
} as const;

export type ScenarioName =
  | 'text'
  | 'json'
  | 'tool'
  | 'parallel'
  | 'think-text'
  | 'think-tool'
  | 'rate-limited'
  | 'overloaded'
  | 'bad-key'
  | 'error-mid'
  | 'cut'
  | 'reset'
  | 'length'
  | 'refusal'
  | 'silent';

export interface Scenario {
  status?: number;
  headers?: Record<string, string>;
  /** SSE frames, or the whole body of an error. */
  frames: string[];
  /** `end`: an orderly end of the body. `reset`: the connection breaks. `open`: nothing more comes, and it stays open. */
  end: 'end' | 'reset' | 'open';
}
export type Scenarios = Record<ScenarioName, Scenario>;
