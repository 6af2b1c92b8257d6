/**
 * A bridge request as the body of POST /v1/messages. Pure: the same request gives the same body. Always
 * streamed, also for clients that don't stream: one path, and no limit on max_tokens (mapping 0).
 * The parts: messages.ts, tools.ts, output-format.ts, thinking.ts, sampling.ts.
 */
import { createHash } from 'node:crypto';
import { asArray, asObject, asString, type JsonObject } from '../../protocol/json.ts';
import { checkParameters, droppedParameter } from '../shared/parameters.ts';
import type { BridgeRequest, BuildContext, BuiltRequest, Warning } from '../upstream.ts';
import { buildMessages } from './messages.ts';
import { toModelTraits } from './models.ts';
import { planOutputFormat } from './output-format.ts';
import { ANTHROPIC_PARAMETERS } from './parameters.ts';
import { configuredVersion, planSampling } from './sampling.ts';
import { planThinking } from './thinking.ts';
import { isToolForced, planTools } from './tools.ts';
import { CURRENT_VERSION, MAX_CACHE_BREAKPOINTS, type MessagesBody, type OutputConfig, type ToolChoice } from './wire.ts';

export function buildAnthropicRequest(request: BridgeRequest, context: BuildContext): BuiltRequest {
  const warnings = checkParameters(request.body, ANTHROPIC_PARAMETERS);
  const traits = toModelTraits(request.model, context.capabilities);
  const { system, messages, callIds, ...history } = buildMessages(request, cacheTtl(request.body));
  const toolPlan = planTools(request, messages, traits);
  const format = planOutputFormat(request, toolPlan, traits);
  const tools = format.answerTool ? [format.answerTool] : toolPlan.tools;
  const toolChoice: ToolChoice | undefined = format.answerTool
    ? { type: 'tool', name: format.answerTool.name, disable_parallel_tool_use: true }
    : toolPlan.toolChoice;
  const thinking = planThinking({ request, traits, messages, isToolForced: isToolForced(toolChoice) });
  const sampling = planSampling(request, context.config, traits, thinking);
  const account = planAccount(request.body);
  if (format.systemHint !== undefined) system.push({ type: 'text', text: format.systemHint });

  const outputConfig: OutputConfig = {
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(format.format === undefined ? {} : { format: format.format }),
  };
  const body: MessagesBody = {
    model: request.model,
    max_tokens: thinking.maxTokens,
    stream: true,
    ...(system.length === 0 ? {} : { system }),
    messages,
    ...(tools === undefined ? {} : { tools }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
    ...(sampling.top_p === undefined ? {} : { top_p: sampling.top_p }),
    ...account.fields,
  };
  limitCacheBreakpoints(body, warnings);
  warnings.push(
    ...history.warnings,
    ...toolPlan.warnings,
    ...format.warnings,
    ...thinking.warnings,
    ...sampling.warnings,
    ...account.warnings,
  );
  return {
    body: body as unknown as JsonObject,
    warnings,
    ...(format.answerTool === undefined ? {} : { extraRoutes: { [format.answerTool.name]: { type: 'text' as const } } }),
    ...(Object.keys(callIds).length === 0 ? {} : { callIds }),
    ...toHints(body, context),
  };
}

interface AccountPlan {
  fields: Pick<MessagesBody, 'metadata' | 'service_tier'>;
  warnings: Warning[];
}

/** Who pays and how fast: user, service tier, and the log probabilities that Claude has not. */
function planAccount(body: JsonObject): AccountPlan {
  const plan: AccountPlan = { fields: {}, warnings: [] };
  const user = asString(body.safety_identifier) ?? asString(body.user);
  if (user !== undefined && user !== '') plan.fields.metadata = { user_id: user.includes('@') ? toHash(user) : user };
  const tier = asString(body.service_tier);
  if (tier === 'auto') plan.fields.service_tier = 'auto';
  else if (tier === 'default') plan.fields.service_tier = 'standard_only';
  else if (tier !== undefined) plan.warnings.push(droppedParameter('service_tier', `Anthropic has no tier "${tier}"`));
  if (asArray(body.include).includes('message.output_text.logprobs')) {
    plan.warnings.push(droppedParameter('include', 'Claude models give no log probabilities'));
  }
  return plan;
}

/** Anthropic forbids personal data in user_id, and a mail address is such. */
function toHash(user: string): string {
  return createHash('sha256').update(user).digest('hex');
}

function cacheTtl(body: JsonObject): string | undefined {
  return asString(asObject(body.prompt_cache_options).ttl) ?? asString(body.prompt_cache_retention);
}

/** The latest breakpoints count; older ones are taken away. */
function limitCacheBreakpoints(body: MessagesBody, warnings: Warning[]): void {
  const blocks = [...asArray(body.system), ...body.messages.flatMap(({ content }) => asArray(content))].map(asObject);
  const marked = blocks.flatMap((block) => [block, ...asArray(block.content).map(asObject)]).filter((block) => block.cache_control);
  for (const block of marked.slice(0, -MAX_CACHE_BREAKPOINTS)) delete block.cache_control;
  if (marked.length > MAX_CACHE_BREAKPOINTS) {
    const message = `Only the last ${MAX_CACHE_BREAKPOINTS} of ${marked.length} cache breakpoints were sent; Anthropic takes no more.`;
    warnings.push({ code: 'cache_breakpoints_limited', message, param: 'input' });
  }
}

/** Files by id are generally available since the current API version; before, they want a beta header. */
function toHints(body: MessagesBody, { config }: BuildContext): Pick<BuiltRequest, 'hints'> {
  const version = configuredVersion(config);
  const isLegacy = version !== undefined && version < CURRENT_VERSION;
  return isLegacy && JSON.stringify(body.messages).includes('"type":"file"') ? { hints: { betas: ['files-api-2025-04-14'] } } : {};
}
