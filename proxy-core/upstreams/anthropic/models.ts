/**
 * What a model can do: from the models endpoint where it answered, else from this table (mapping 1.9).
 * New Claude models are taken to be like the newest known family; unknown names of other makers get the
 * careful last row, because an Anthropic-compatible server may stand behind them.
 */
import { asObject } from '../../protocol/json.ts';
import type { ModelCapabilities } from '../upstream.ts';
import type { Effort } from './wire.ts';

export interface ModelTraits {
  maxTokens: number;
  /** adaptive: the model decides how much; budget: `enabled` with budget_tokens; none: cannot think. */
  thinking: 'adaptive' | 'budget' | 'none';
  /** Thinking can be turned off with `{type: 'disabled'}` (budget models: by leaving it out). */
  canDisableThinking: boolean;
  /** The model thinks without being asked and hides it unless `display` is sent. */
  thinksByDefault: boolean;
  efforts: readonly Effort[];
  structuredOutputs: boolean;
  /** temperature and top_p are refused whatever the API version is. */
  refusesSampling: boolean;
}

const ALL_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const ADAPTIVE: ModelTraits = {
  maxTokens: 128_000,
  thinking: 'adaptive',
  canDisableThinking: true,
  thinksByDefault: true,
  efforts: ALL_EFFORTS,
  structuredOutputs: true,
  refusesSampling: true,
};
const BUDGET: ModelTraits = {
  maxTokens: 64_000,
  thinking: 'budget',
  canDisableThinking: true,
  thinksByDefault: false,
  efforts: [],
  structuredOutputs: false,
  refusesSampling: false,
};

/** First match wins; names are compared in lower case. */
const FAMILIES: [RegExp, ModelTraits][] = [
  [/(?:fable|mythos)-5/, { ...ADAPTIVE, canDisableThinking: false }],
  [/(?:sonnet|opus)-4-6/, { ...ADAPTIVE, thinksByDefault: false, efforts: ['low', 'medium', 'high', 'max'], refusesSampling: false }],
  [/(?:sonnet|opus|haiku)-4-5/, { ...BUDGET, structuredOutputs: true }],
  [/opus-4-1/, { ...BUDGET, maxTokens: 32_000, structuredOutputs: true }],
  [/opus-4-(?:0|20\d{6})|opus-4$/, { ...BUDGET, maxTokens: 32_000 }],
  [/sonnet-4-(?:0|20\d{6})|sonnet-4$|3-7-sonnet/, BUDGET],
  [/3-5-(?:sonnet|haiku)/, { ...BUDGET, maxTokens: 8192, thinking: 'none' }],
  [/claude-(?:3-|2|instant)/, { ...BUDGET, maxTokens: 4096, thinking: 'none' }],
  [/claude/, ADAPTIVE],
];
const OTHER: ModelTraits = { ...BUDGET, maxTokens: 4096, thinking: 'none' };

export function isKnownModel(model: string): boolean {
  return FAMILIES.some(([pattern]) => pattern.test(model.toLowerCase()));
}

export function toModelTraits(model: string, capabilities: ModelCapabilities | undefined): ModelTraits {
  const name = model.toLowerCase();
  const known = FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER;
  if (!capabilities) return known;
  const maxTokens = capabilities.maxOutputTokens ?? known.maxTokens;
  const said = asObject(asObject(capabilities.raw).capabilities);
  const types = asObject(asObject(said.thinking).types);
  return {
    ...known,
    maxTokens,
    thinking: toThinking(types, known),
    canDisableThinking: supports(types.disabled) ?? known.canDisableThinking,
    efforts: toEfforts(asObject(said.effort), known),
    structuredOutputs: supports(said.structured_outputs) ?? known.structuredOutputs,
  };
}

function toThinking(types: Record<string, unknown>, known: ModelTraits): ModelTraits['thinking'] {
  if (supports(types.adaptive)) return 'adaptive';
  if (supports(types.enabled)) return 'budget';
  return supports(types.adaptive) === false && supports(types.enabled) === false ? 'none' : known.thinking;
}

function toEfforts(effort: Record<string, unknown>, known: ModelTraits): readonly Effort[] {
  if (supports(effort) === undefined) return known.efforts;
  return supports(effort) ? ALL_EFFORTS.filter((level) => supports(effort[level])) : [];
}

/** `{supported: boolean}` as the endpoint writes it; undefined when it says nothing. */
function supports(capability: unknown): boolean | undefined {
  const value = asObject(capability).supported;
  return typeof value === 'boolean' ? value : undefined;
}
