/**
 * Mapping 1.1 for Chat Completions: what becomes of every top-level parameter, and the fields that the
 * plain ones turn into. Messages and tools have files of their own.
 */
import { invalidRequest } from '../../errors.ts';
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';
import { BRIDGE_PARAMETERS, checkParameters, droppedParameter, type ParameterPolicy, type ParameterTable } from '../shared/parameters.ts';
import type { Warning } from '../upstream.ts';
import type { ChatProfile, PassedParameter } from './profiles.ts';
import type { ChatBody, ReasoningEffort, ResponseFormat } from './wire.ts';

const NO_SUCH_SETTING = { drop: 'this server has no such setting' };
const LOGPROBS = 'message.output_text.logprobs';
/** From weakest to strongest, to find the nearest. */
const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

export interface PlannedFields {
  fields: Partial<ChatBody>;
  warnings: Warning[];
}

/** @throws ProxyError 400 for parameters whose loss would change the meaning. */
export function planParameters(body: JsonObject, model: string, profile: ChatProfile): PlannedFields {
  const warnings = checkParameters(body, toTable(profile));
  const fields: Partial<ChatBody> = {};
  const limit = asNumber(body.max_output_tokens);
  if (limit !== undefined) fields[profile.maxTokens] = limit;
  planSampling(body, model, profile, { fields, warnings });
  planEffort(asObject(body.reasoning).effort, profile, { fields, warnings });
  const format = toResponseFormat(asObject(asObject(body.text).format));
  if (format) fields.response_format = format;
  for (const name of profile.passes) Object.assign(fields, toPassed(name, body));
  return { fields, warnings };
}

function toTable(profile: ChatProfile): ParameterTable {
  const passed = (name: PassedParameter, otherwise: ParameterPolicy = NO_SUCH_SETTING): ParameterPolicy =>
    profile.passes.includes(name) ? 'mapped' : otherwise;
  return {
    ...BRIDGE_PARAMETERS,
    max_output_tokens: 'mapped',
    temperature: 'mapped',
    top_p: 'mapped',
    presence_penalty: 'mapped',
    frequency_penalty: 'mapped',
    top_logprobs: 'mapped',
    'reasoning.effort': profile.effort.style === 'none' ? { drop: 'this server has no known setting for it' } : 'mapped',
    // Whatever reasoning the server shows is shown.
    'reasoning.summary': 'bridge',
    'reasoning.generate_summary': 'bridge',
    'text.format': 'mapped',
    'text.verbosity': passed('text.verbosity'),
    parallel_tool_calls: 'mapped',
    user: passed('user'),
    safety_identifier: passed('safety_identifier'),
    service_tier: passed('service_tier'),
    prompt_cache_key: passed('prompt_cache_key', 'bridge'),
    prompt_cache_options: passed('prompt_cache_options'),
    prompt_cache_retention: passed('prompt_cache_retention'),
  };
}

function planSampling(body: JsonObject, model: string, profile: ChatProfile, { fields, warnings }: PlannedFields): void {
  const isRefused = profile.noSampling?.test(model) === true && asObject(body.reasoning).effort !== 'none';
  for (const name of ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'] as const) {
    const value = asNumber(body[name]);
    if (value === undefined) continue;
    if (isRefused) warnings.push(droppedParameter(name, `${model} is a reasoning model and refuses it`));
    else fields[name] = value;
  }
  const count = asNumber(body.top_logprobs);
  if (!asArray(body.include).includes(LOGPROBS) && (count ?? 0) === 0) return;
  fields.logprobs = true;
  if (count !== undefined) fields.top_logprobs = count;
}

function planEffort(value: unknown, profile: ChatProfile, { fields, warnings }: PlannedFields): void {
  const wanted = EFFORTS.find((effort) => effort === value);
  const { effort } = profile;
  if (effort.style === 'none' || value === undefined || value === null) return;
  if (!wanted) {
    warnings.push(droppedParameter('reasoning.effort', `${JSON.stringify(value)} is no known effort`));
    return;
  }
  if (effort.style === 'template') fields.chat_template_kwargs = { enable_thinking: wanted !== 'none' };
  if (effort.style === 'template' && wanted === 'none') return;
  const sent = toNearest(wanted, effort.efforts);
  if (effort.style === 'reasoning') fields.reasoning = { effort: sent };
  else fields.reasoning_effort = sent;
  if (sent !== wanted) {
    const message = `The server does not know the reasoning effort ${wanted}; ${sent} was sent.`;
    warnings.push({ code: 'effort_changed', message, param: 'reasoning.effort' });
  }
}

function toNearest(wanted: ReasoningEffort, known: readonly ReasoningEffort[]): ReasoningEffort {
  const distance = (effort: ReasoningEffort): number => Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(wanted));
  // Thinking must not be turned off by rounding down.
  const candidates = wanted === 'none' ? known : known.filter((effort) => effort !== 'none');
  return candidates.reduce((best, effort) => (distance(effort) < distance(best) ? effort : best));
}

function toResponseFormat(format: JsonObject): ResponseFormat | undefined {
  switch (format.type) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema': {
      if (!isObject(format.schema)) {
        throw invalidRequest("Missing required parameter: 'text.format.schema'.", 'text.format.schema', 'missing_required_parameter');
      }
      const description = asString(format.description);
      return {
        type: 'json_schema',
        json_schema: {
          name: asString(format.name) || 'response',
          schema: format.schema,
          ...(typeof format.strict === 'boolean' ? { strict: format.strict } : {}),
          ...(description ? { description } : {}),
        },
      };
    }
    default:
      throw invalidRequest(`Unknown text.format type ${JSON.stringify(format.type)}.`, 'text.format', 'unsupported_parameter');
  }
}

/** The server judges the value; we only carry it. */
function toPassed(name: PassedParameter, body: JsonObject): JsonObject {
  const value = name === 'text.verbosity' ? asObject(body.text).verbosity : body[name];
  if (value === undefined || value === null) return {};
  return { [name === 'text.verbosity' ? 'verbosity' : name]: value };
}
