/**
 * A Responses request as the body of Gemini's streamGenerateContent. Pure; the parts are in contents, parts,
 * tools, generation-config and thinking. What is left out is told in the warnings.
 */
import { asArray, asString } from '../../protocol/json.ts';
import { parseContent } from '../shared/content-parts.ts';
import { arrangeConversation, type SystemEntry } from '../shared/conversation.ts';
import { BRIDGE_PARAMETERS, checkParameters, droppedParameter, type ParameterTable } from '../shared/parameters.ts';
import type { BridgeRequest, BuildContext, BuiltRequest, Warning } from '../upstream.ts';
import { toContents } from './contents.ts';
import { toGenerationConfig } from './generation-config.ts';
import { toTools } from './tools.ts';
import type { GeminiRequest } from './wire.ts';

const NO_SUCH_SETTING = { drop: 'Gemini has no such setting' };

export const GEMINI_PARAMETERS: ParameterTable = {
  ...BRIDGE_PARAMETERS,
  max_output_tokens: 'mapped',
  temperature: 'mapped',
  top_p: 'mapped',
  presence_penalty: 'mapped',
  frequency_penalty: 'mapped',
  top_logprobs: { drop: 'Gemini sends no log probabilities in streams' },
  'reasoning.effort': 'mapped',
  'reasoning.summary': 'mapped',
  'reasoning.generate_summary': 'mapped',
  'text.format': 'mapped',
  'text.verbosity': NO_SUCH_SETTING,
  parallel_tool_calls: 'mapped',
  user: NO_SUCH_SETTING,
  safety_identifier: NO_SUCH_SETTING,
  service_tier: 'mapped',
  prompt_cache_options: NO_SUCH_SETTING,
  prompt_cache_retention: NO_SUCH_SETTING,
};

/** @throws ProxyError 400 for what would change the meaning if it were left out. */
export function buildGeminiRequest(request: BridgeRequest, context: BuildContext): BuiltRequest {
  const warnings = checkParameters(request.body, GEMINI_PARAMETERS);
  const conversation = arrangeConversation(request);
  const built = toContents(conversation.turns, request.model);
  const generation = toGenerationConfig(request, context.capabilities);
  warnings.push(...conversation.warnings, ...built.warnings, ...generation.warnings, ...checkValues(request));
  const body: GeminiRequest = { contents: built.contents };
  const system = toSystemText(conversation.system, warnings);
  if (generation.formatHint) system.push(generation.formatHint);
  if (system.length > 0) body.systemInstruction = { parts: [{ text: system.join('\n\n') }] };
  if (Object.keys(generation.config).length > 0) body.generationConfig = generation.config;
  Object.assign(body, toTools(request));
  const tier = toServiceTier(request, warnings);
  if (tier) body.serviceTier = tier;
  return {
    body: { ...body },
    warnings,
    ...(Object.keys(built.callIds).length > 0 ? { callIds: built.callIds } : {}),
  };
}

/** Settings that Gemini lacks only for some of their values. */
function checkValues({ body, tools }: BridgeRequest): Warning[] {
  const warnings: Warning[] = [];
  if (body.parallel_tool_calls === false && tools.length > 0) {
    warnings.push(droppedParameter('parallel_tool_calls', 'Gemini cannot be kept from calling several tools at once'));
  }
  if (asArray(body.include).includes('message.output_text.logprobs')) {
    warnings.push(droppedParameter('include', 'Gemini sends no log probabilities in streams'));
  }
  return warnings;
}

function toSystemText(entries: SystemEntry[], warnings: Warning[]): string[] {
  return entries.flatMap(({ source, content }) => {
    const parts = parseContent(content);
    if (parts.some(({ type }) => type !== 'text' && type !== 'refusal')) {
      warnings.push({
        code: 'system_media_dropped',
        param: source === 'instructions' ? 'instructions' : 'input',
        message: `Gemini takes only text as system instruction; other parts of a ${source} message were left out.`,
      });
    }
    const text = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('\n');
    return text.trim() === '' ? [] : [text];
  });
}

const SERVICE_TIERS: { [tier: string]: NonNullable<GeminiRequest['serviceTier']> } = {
  default: 'standard',
  flex: 'flex',
  priority: 'priority',
};

function toServiceTier({ body }: BridgeRequest, warnings: Warning[]): GeminiRequest['serviceTier'] {
  const wanted = asString(body.service_tier);
  if (wanted === undefined || wanted === 'auto') return undefined;
  const tier = Object.hasOwn(SERVICE_TIERS, wanted) ? SERVICE_TIERS[wanted] : undefined;
  if (!tier) warnings.push(droppedParameter('service_tier', `Gemini has no tier "${wanted}"`));
  return tier;
}
