/**
 * Whom a broken rule hurts, measured with real clients over scripted streams (one violation each). A
 * general statement about the rule; the verdicts say what this session does to each client.
 */
export interface RuleImpact {
  breaks: string[];
  survives: string[];
}

const AI_ALL = ['AI SDK 5', 'AI SDK 6', 'AI SDK 7', 'open-responses'];
const AI_STRICT = ['AI SDK 5', 'AI SDK 6', 'open-responses'];
const STREAMS = ['openai-node stream', 'openai-python stream'];

const IMPACTS: Record<string, RuleImpact> = {
  'item-id-announced': { breaks: [...AI_ALL, ...STREAMS], survives: ['openai-node create', 'Agents Python', 'pydantic-ai', 'Codex'] },
  'item-id-matches-index': { breaks: [...AI_STRICT, ...STREAMS], survives: ['Codex', 'pydantic-ai'] },
  'item-id-stable': { breaks: [...AI_STRICT, ...STREAMS], survives: ['AI SDK 7', 'Codex', 'Agents Python'] },
  'item-added-once': { breaks: [...AI_ALL, ...STREAMS], survives: ['Agents Python', 'pydantic-ai', 'Codex'] },
  'part-added-before-content': { breaks: STREAMS, survives: ['AI SDK 5', 'AI SDK 6', 'AI SDK 7', 'Codex'] },
  'item-done': { breaks: [...AI_ALL, 'Codex'], survives: ['openai-node stream'] },
  'output-index-sequence': { breaks: [...STREAMS, 'langchain'], survives: ['Codex'] },
  'items-sequential': {
    breaks: ['langchain'],
    survives: ['AI SDK 5', 'AI SDK 6', 'AI SDK 7', 'openai-node stream', 'openai-python stream', 'Codex'],
  },
  'final-output-equals-stream': { breaks: [...STREAMS, 'Agents JS'], survives: ['AI SDK 5', 'AI SDK 6', 'AI SDK 7', 'Codex'] },
  'response-id-stable': { breaks: STREAMS, survives: ['AI SDK 5', 'AI SDK 6', 'AI SDK 7', 'Codex'] },
  'single-terminal': {
    breaks: ['openai-python stream', 'Agents Python', 'Codex'],
    survives: ['AI SDK 5', 'openai-node stream', 'langchain', 'pydantic-ai'],
  },
  'usage-present': { breaks: ['AI SDK 5'], survives: ['AI SDK 6', 'AI SDK 7', 'Codex'] },
  'known-event': { breaks: ['openai-node stream'], survives: ['AI SDK 5', 'AI SDK 6', 'AI SDK 7'] },
  'sequence-number-present': { breaks: [], survives: [] },
  'sequence-number-contiguous': { breaks: [], survives: [] },
  'event-name': { breaks: [], survives: [] },
};

export function impactOf(rule: string): RuleImpact | null {
  return IMPACTS[rule] ?? null;
}
