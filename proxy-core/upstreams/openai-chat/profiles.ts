/**
 * What single Chat Completions servers do differently, as data: one place for each quirk (mapping 1.10). A
 * profile is named in the upstream's configuration; without one the generic default sends only what every
 * server knows.
 */
import type { UpstreamConfig } from '../upstream.ts';
import type { ReasoningEffort } from './wire.ts';

export interface ChatProfile {
  maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Whether `developer` is a role of its own; else it is sent as `system`. */
  hasDeveloperRole: boolean;
  /** first: the chat template takes one system message, at the start; later ones become marked user text. */
  systemPlace: 'anywhere' | 'first';
  effort: EffortStyle;
  /**
   * Plain reasoning text goes back within a tool loop (DeepSeek and Kimi need it there, and refuse or ignore
   * it elsewhere). Provider blocks with signatures always go back, unless this is `never`.
   */
  replayReasoning: 'in-tool-loop' | 'never';
  /** tool_choice {type: 'allowed_tools'}; else the tools are filtered. */
  hasAllowedTools: boolean;
  hasRefusalField: boolean;
  /** False: the server does not download images, so only data: URLs work. */
  takesImageUrls: boolean;
  /** `file` parts: PDFs by their data; by id only where the server has a Files API. */
  files: 'none' | 'data' | 'data-and-ids';
  enforcesToolChoice: boolean;
  /** Longer call ids are replaced by a short one. */
  maxCallIdLength: number | null;
  /** Models that refuse sampling parameters. */
  noSampling: RegExp | null;
  /** Account and quality parameters that go through under their own name. */
  passes: readonly PassedParameter[];
}

export type PassedParameter =
  | 'text.verbosity'
  | 'user'
  | 'safety_identifier'
  | 'service_tier'
  | 'prompt_cache_key'
  | 'prompt_cache_options'
  | 'prompt_cache_retention';

export type EffortStyle =
  | { style: 'none' }
  /** reasoning_effort, or OpenRouter's `reasoning: {effort}`; others map to the nearest that is listed. */
  | { style: 'reasoning_effort' | 'reasoning'; efforts: readonly ReasoningEffort[] }
  /** vLLM: thinking is switched in the chat template; reasoning_effort counts for gpt-oss. */
  | { style: 'template'; efforts: readonly ReasoningEffort[] };

const ALL_EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export const GENERIC_PROFILE: ChatProfile = {
  maxTokens: 'max_tokens',
  hasDeveloperRole: false,
  systemPlace: 'anywhere',
  effort: { style: 'none' },
  replayReasoning: 'in-tool-loop',
  hasAllowedTools: false,
  hasRefusalField: false,
  takesImageUrls: true,
  files: 'none',
  enforcesToolChoice: true,
  maxCallIdLength: null,
  noSampling: null,
  passes: ['user'],
};

const PROFILES: Record<string, ChatProfile> = {
  openai: {
    ...GENERIC_PROFILE,
    maxTokens: 'max_completion_tokens',
    hasDeveloperRole: true,
    effort: { style: 'reasoning_effort', efforts: ALL_EFFORTS },
    replayReasoning: 'never',
    hasAllowedTools: true,
    hasRefusalField: true,
    files: 'data-and-ids',
    maxCallIdLength: 40,
    noSampling: /^(?:o\d|gpt-(?:[5-9]|\d\d))(?!.*chat)/,
    passes: [
      'text.verbosity',
      'user',
      'safety_identifier',
      'service_tier',
      'prompt_cache_key',
      'prompt_cache_options',
      'prompt_cache_retention',
    ],
  },
  litellm: { ...GENERIC_PROFILE, effort: { style: 'reasoning_effort', efforts: ALL_EFFORTS }, files: 'data' },
  openrouter: {
    ...GENERIC_PROFILE,
    effort: { style: 'reasoning', efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
    files: 'data',
    passes: ['user', 'service_tier'],
  },
  vllm: { ...GENERIC_PROFILE, systemPlace: 'first', effort: { style: 'template', efforts: ['low', 'medium', 'high'] } },
  ollama: {
    ...GENERIC_PROFILE,
    systemPlace: 'first',
    effort: { style: 'reasoning_effort', efforts: ['none', 'low', 'medium', 'high'] },
    takesImageUrls: false,
    enforcesToolChoice: false,
  },
  lmstudio: { ...GENERIC_PROFILE, systemPlace: 'first', takesImageUrls: false, enforcesToolChoice: false },
};

export const CHAT_PROFILE_NAMES: readonly string[] = Object.keys(PROFILES);

/** The configured profile; OpenAI's and OpenRouter's own addresses need none. Undefined: the name is not known. */
export function findProfile({ profile, baseURL }: UpstreamConfig): ChatProfile | undefined {
  if (profile !== undefined) return Object.hasOwn(PROFILES, profile) ? PROFILES[profile] : undefined;
  if (baseURL.startsWith('https://api.openai.com/')) return PROFILES.openai;
  if (baseURL.startsWith('https://openrouter.ai/')) return PROFILES.openrouter;
  return GENERIC_PROFILE;
}
