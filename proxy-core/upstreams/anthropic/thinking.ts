/**
 * reasoning.effort and reasoning.summary as Anthropic's `thinking` and `output_config.effort`, and with them
 * `max_tokens`, because a budget lives inside it. The client's max_output_tokens is the total and is never
 * raised; without one the model's own maximum is sent (mapping 1.9).
 */
import { asObject, asString } from '../../protocol/json.ts';
import type { BridgeRequest, Warning } from '../upstream.ts';
import { droppedParameter } from '../shared/parameters.ts';
import type { ModelTraits } from './models.ts';
import type { Effort, MessageParam, ThinkingConfig } from './wire.ts';

export interface ThinkingPlan {
  maxTokens: number;
  thinking?: ThinkingConfig;
  effort?: Effort;
  warnings: Warning[];
}

const MIN_BUDGET = 1024;
const BUDGETS: Record<string, number> = { minimal: 1024, low: 2048, medium: 8192, high: 16_384, xhigh: 32_000 };
const EFFORT_ORDER: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

export interface ThinkingSituation {
  request: BridgeRequest;
  traits: ModelTraits;
  messages: MessageParam[];
  /** The request forces a tool call, or the bridge does for structured output. */
  isToolForced: boolean;
}

export function planThinking({ request, traits, messages, isToolForced }: ThinkingSituation): ThinkingPlan {
  const asked = asObject(request.body.reasoning);
  const effort = asString(asked.effort);
  const wantsSummary = asString(asked.summary) !== undefined || asString(asked.generate_summary) !== undefined;
  const cap = typeof request.body.max_output_tokens === 'number' ? request.body.max_output_tokens : undefined;
  const plan: ThinkingPlan = { maxTokens: cap ?? traits.maxTokens, warnings: [] };

  if (traits.thinking === 'none') {
    if (effort !== undefined && effort !== 'none')
      plan.warnings.push(droppedParameter('reasoning.effort', `${request.model} cannot think`));
  } else if (traits.thinking === 'adaptive') planAdaptive(plan, { effort, wantsSummary, model: request.model }, traits);
  else planBudget(plan, effort);

  if (isToolForced) withoutThinking(plan, traits, 'thinking_off_for_forced_tool', 'a forced tool call and thinking exclude each other');
  if (plan.thinking?.type === 'enabled' && lacksThinking(messages)) {
    const because = 'the current tool loop in the history has no thinking blocks to continue from';
    withoutThinking(plan, traits, 'thinking_off_for_history', because);
  }
  return plan;
}

interface Asked {
  effort: string | undefined;
  wantsSummary: boolean;
  model: string;
}

function planAdaptive(plan: ThinkingPlan, { effort, wantsSummary, model }: Asked, traits: ModelTraits): void {
  const display = wantsSummary ? { display: 'summarized' as const } : {};
  if (effort === undefined) {
    if (wantsSummary && traits.thinksByDefault) plan.thinking = { type: 'adaptive', ...display };
    return;
  }
  if (effort === 'none' && traits.canDisableThinking) {
    plan.thinking = { type: 'disabled' };
    return;
  }
  if (effort === 'none') plan.warnings.push(changedEffort('none', 'low', `${model} cannot stop thinking`));
  const wanted = effort === 'none' || effort === 'minimal' ? 'low' : effort;
  plan.thinking = { type: 'adaptive', ...display };
  if (!isEffort(wanted)) {
    plan.warnings.push(droppedParameter('reasoning.effort', `"${effort}" is not a level that ${model} knows`));
    return;
  }
  if (traits.efforts.length === 0) {
    plan.warnings.push(droppedParameter('reasoning.effort', `${model} has no effort levels`));
    return;
  }
  const level = nearestEffort(wanted, traits.efforts);
  if (level !== wanted) plan.warnings.push(changedEffort(wanted, level, `${model} has no such level`));
  plan.effort = level;
}

/** The level itself, else the next higher one that exists, else the highest. */
function nearestEffort(wanted: Effort, levels: readonly Effort[]): Effort {
  const from = EFFORT_ORDER.indexOf(wanted);
  return EFFORT_ORDER.slice(from).find((level) => levels.includes(level)) ?? levels.at(-1) ?? wanted;
}

function planBudget(plan: ThinkingPlan, effort: string | undefined): void {
  if (effort === undefined || effort === 'none') return;
  const most = plan.maxTokens - MIN_BUDGET;
  const asked = effort === 'max' ? most : BUDGETS[effort];
  if (asked === undefined) {
    plan.warnings.push(droppedParameter('reasoning.effort', `"${effort}" is not a known level`));
    return;
  }
  if (plan.maxTokens <= MIN_BUDGET) {
    plan.warnings.push(droppedParameter('reasoning.effort', `thinking needs max_output_tokens above ${MIN_BUDGET}`));
    return;
  }
  const budget = asked < plan.maxTokens ? asked : Math.max(MIN_BUDGET, most);
  if (budget < asked) {
    const message = `The thinking budget was lowered from ${asked} to ${budget} tokens to stay below max_output_tokens.`;
    plan.warnings.push({ code: 'thinking_budget_lowered', message, param: 'reasoning.effort' });
  }
  plan.thinking = { type: 'enabled', budget_tokens: Math.max(MIN_BUDGET, budget) };
}

function withoutThinking(plan: ThinkingPlan, traits: ModelTraits, code: string, because: string): void {
  if (!plan.thinking || plan.thinking.type === 'disabled') return;
  if (plan.thinking.type === 'adaptive' && !traits.canDisableThinking) return;
  // A disabled thinking with a high effort is refused, so the effort goes with it.
  delete plan.effort;
  if (plan.thinking.type === 'adaptive' && traits.thinksByDefault) plan.thinking = { type: 'disabled' };
  else delete plan.thinking;
  plan.warnings.push({ code, message: `Thinking was turned off for this request: ${because}.`, param: 'reasoning' });
}

/** With `enabled` thinking the assistant turn of a running tool loop must begin with its thinking block. */
function lacksThinking(messages: MessageParam[]): boolean {
  const last = messages.at(-1);
  if (last?.role !== 'user' || last.content[0]?.type !== 'tool_result') return false;
  const first = messages.at(-2)?.content[0]?.type;
  return first !== 'thinking' && first !== 'redacted_thinking';
}

function changedEffort(from: string, to: string, because: string): Warning {
  return { code: 'effort_changed', message: `reasoning.effort ${from} was sent as ${to}: ${because}.`, param: 'reasoning.effort' };
}

function isEffort(value: string): value is Effort {
  return (EFFORT_ORDER as readonly string[]).includes(value);
}
