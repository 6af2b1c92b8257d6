/**
 * temperature and top_p: Anthropic's API refuses them since version 2026-10-21, even at their defaults. They
 * are sent only where the configuration names an older version (header `anthropic-version`), and then only
 * to models that take them.
 */
import type { ThinkingPlan } from './thinking.ts';
import type { BridgeRequest, UpstreamConfig, Warning } from '../upstream.ts';
import { droppedParameter } from '../shared/parameters.ts';
import type { ModelTraits } from './models.ts';
import { CURRENT_VERSION } from './wire.ts';

export interface SamplingPlan {
  temperature?: number;
  top_p?: number;
  warnings: Warning[];
}

export function planSampling(
  request: BridgeRequest,
  config: UpstreamConfig,
  traits: ModelTraits,
  { thinking }: ThinkingPlan,
): SamplingPlan {
  const plan: SamplingPlan = { warnings: [] };
  const { temperature, top_p: topP } = request.body;
  const refusal = whyRefused(config, traits, request.model);
  const isThinking = thinking !== undefined && thinking.type !== 'disabled';
  if (typeof temperature === 'number') {
    const clamped = Math.min(1, Math.max(0, temperature));
    if (refusal !== undefined) plan.warnings.push(droppedParameter('temperature', refusal));
    else if (isThinking && clamped !== 1) plan.warnings.push(droppedParameter('temperature', 'it must be 1 while the model thinks'));
    else {
      plan.temperature = clamped;
      if (clamped !== temperature) {
        plan.warnings.push({
          code: 'temperature_clamped',
          message: `temperature ${temperature} was sent as ${clamped}: Claude's range ends at 1.`,
          param: 'temperature',
        });
      }
    }
  }
  if (typeof topP === 'number') {
    if (refusal !== undefined) plan.warnings.push(droppedParameter('top_p', refusal));
    else if (plan.temperature !== undefined)
      plan.warnings.push(droppedParameter('top_p', 'Claude models take temperature or top_p, not both'));
    else if (isThinking && topP < 0.95) plan.warnings.push(droppedParameter('top_p', 'it must be at least 0.95 while the model thinks'));
    else plan.top_p = topP;
  }
  return plan;
}

function whyRefused(config: UpstreamConfig, traits: ModelTraits, model: string): string | undefined {
  const version = configuredVersion(config);
  if (version === undefined || version >= CURRENT_VERSION) return `Anthropic's API ${CURRENT_VERSION} refuses it`;
  return traits.refusesSampling ? `${model} refuses it` : undefined;
}

/** The `anthropic-version` that the configuration asks for; undefined: the current one. */
export function configuredVersion(config: UpstreamConfig): string | undefined {
  const header = Object.entries(config.headers ?? {}).find(([name]) => name.toLowerCase() === 'anthropic-version');
  return header?.[1];
}
