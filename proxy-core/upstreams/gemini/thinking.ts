/**
 * reasoning.effort and reasoning.summary as Gemini's thinkingConfig: levels from Gemini 3 on, a token budget
 * on 2.5, nothing before that (mapping 1.9).
 */
import { asObject, asString, type JsonObject } from '../../protocol/json.ts';
import { droppedParameter } from '../shared/parameters.ts';
import type { ModelCapabilities, Warning } from '../upstream.ts';
import { parseModelName, type GeminiModel } from './models.ts';
import type { GeminiThinkingConfig, GeminiThinkingLevel } from './wire.ts';

export interface ThinkingOptions {
  body: JsonObject;
  model: string;
  capabilities: ModelCapabilities | undefined;
}

export function toThinkingConfig({ body, model, capabilities }: ThinkingOptions): {
  config: GeminiThinkingConfig | undefined;
  warnings: Warning[];
} {
  const reasoning = asObject(body.reasoning);
  const effort = asString(reasoning.effort);
  const summary = asString(reasoning.summary) ?? asString(reasoning.generate_summary);
  const warnings: Warning[] = [];
  const parsed = parseModelName(model);
  const canThink = (parsed.version ?? 0) >= 2.5 && asObject(capabilities?.raw).thinking !== false;
  if (!canThink) {
    if (effort && effort !== 'none') warnings.push(droppedParameter('reasoning.effort', `${model} does not think`));
    if (summary) warnings.push(droppedParameter('reasoning.summary', `${model} does not think`));
    return { config: undefined, warnings };
  }
  const config: GeminiThinkingConfig = {};
  if (summary) config.includeThoughts = true;
  if (effort) applyEffort(config, { effort, parsed, model, warnings });
  return { config: Object.keys(config).length > 0 ? config : undefined, warnings };
}

interface EffortOptions {
  effort: string;
  parsed: GeminiModel;
  model: string;
  warnings: Warning[];
}

function applyEffort(config: GeminiThinkingConfig, { effort, parsed, model, warnings }: EffortOptions): void {
  if (!EFFORTS.has(effort)) {
    warnings.push(droppedParameter('reasoning.effort', `"${effort}" is not an effort that Gemini knows`));
    return;
  }
  if ((parsed.version ?? 0) >= 3) config.thinkingLevel = toLevel(effort, parsed);
  else config.thinkingBudget = toBudget(effort, parsed);
  const canSwitchOff = config.thinkingBudget === 0;
  if (effort === 'none' && !canSwitchOff) {
    warnings.push({
      code: 'effort_changed',
      param: 'reasoning.effort',
      message: `${model} cannot be kept from thinking; its lowest setting was sent.`,
    });
  }
}

const EFFORTS = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

function toLevel(effort: string, { version, tier }: GeminiModel): GeminiThinkingLevel {
  switch (effort) {
    case 'none':
    case 'minimal':
      // Pro never had MINIMAL, and Flash lost it with 3.7.
      return tier !== 'pro' && tier !== 'other' && (version ?? 0) < 3.7 ? 'MINIMAL' : 'LOW';
    case 'low':
      return 'LOW';
    case 'medium':
      // Gemini 3.0 Pro has LOW and HIGH only.
      return tier === 'pro' && version === 3 ? 'HIGH' : 'MEDIUM';
    default:
      return 'HIGH';
  }
}

function toBudget(effort: string, { tier }: GeminiModel): number {
  switch (effort) {
    case 'none':
      return tier === 'pro' ? 128 : 0;
    case 'minimal':
      return 512;
    case 'low':
      return 1024;
    case 'medium':
      return 8192;
    case 'high':
      return 24_576;
    default:
      return tier === 'pro' ? 32_768 : 24_576;
  }
}
