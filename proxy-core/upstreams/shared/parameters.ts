/**
 * What becomes of every top-level parameter of a request, as one table per upstream. The list of known
 * parameters is a type, so an upstream that forgets one does not compile; a key outside the list gives a
 * warning. Only the parameter's presence is judged here; the builder that maps it may warn about values.
 */
import { isObject, type JsonObject } from '../../protocol/json.ts';
import { invalidRequest } from '../../errors.ts';
import type { Warning } from '../upstream.ts';

/** Mapping 1.1, with what Open Responses and Codex add. Objects with several duties are listed by member. */
export type ParameterName =
  | 'model'
  | 'input'
  | 'instructions'
  | 'max_output_tokens'
  | 'temperature'
  | 'top_p'
  | 'presence_penalty'
  | 'frequency_penalty'
  | 'top_logprobs'
  | 'reasoning.effort'
  | 'reasoning.summary'
  | 'reasoning.generate_summary'
  | 'reasoning.context'
  | 'reasoning.mode'
  | 'text.format'
  | 'text.verbosity'
  | 'tools'
  | 'tool_choice'
  | 'parallel_tool_calls'
  | 'max_tool_calls'
  | 'metadata'
  | 'client_metadata'
  | 'user'
  | 'safety_identifier'
  | 'service_tier'
  | 'prompt_cache_key'
  | 'prompt_cache_options'
  | 'prompt_cache_retention'
  | 'store'
  | 'previous_response_id'
  | 'conversation'
  | 'include'
  | 'truncation'
  | 'context_management'
  | 'background'
  | 'stream'
  | 'stream_options'
  | 'prompt'
  | 'moderation'
  | 'access_programs'
  | 'image';

/**
 * mapped: the builder sends it on. bridge: handled in the bridge, never sent. drop: left out with a warning,
 * `because` ends the sentence. refuse: 400, because leaving it out would change what is asked.
 */
export type ParameterPolicy = 'mapped' | 'bridge' | { drop: string } | { refuse: string };
export type ParameterTable = Record<ParameterName, ParameterPolicy>;

/** What the bridge does itself, the same for every upstream; spread it into an upstream's table. */
export const BRIDGE_PARAMETERS = {
  model: 'mapped',
  input: 'mapped',
  instructions: 'mapped',
  tools: 'mapped',
  tool_choice: 'mapped',
  metadata: 'bridge',
  client_metadata: 'bridge',
  prompt_cache_key: 'bridge',
  store: 'bridge',
  previous_response_id: 'bridge',
  include: 'bridge',
  stream: 'bridge',
  stream_options: 'bridge',
  truncation: { drop: 'the bridge never shortens a conversation on its own' },
  context_management: { drop: 'the bridge does not compact a conversation on its own' },
  'reasoning.context': { drop: 'this upstream has no such setting' },
  'reasoning.mode': { drop: 'this upstream has no such setting' },
  max_tool_calls: { drop: 'this upstream cannot limit the number of calls' },
  moderation: { drop: 'this upstream has no such setting' },
  access_programs: { drop: 'this upstream has no such setting' },
  image: { drop: 'this upstream has no such setting' },
  background: { refuse: 'Background responses are not supported; send the request without background.' },
  conversation: { refuse: 'The conversations API is not supported; use previous_response_id or send the whole history.' },
  prompt: { refuse: 'Prompt templates are stored at OpenAI and cannot be read here; send the prompt itself.' },
} as const satisfies Partial<ParameterTable>;

/** Values that say what would happen anyway: leaving them out needs no warning. */
const DEFAULTS: Partial<Record<ParameterName, unknown>> = {
  truncation: 'disabled',
  background: false,
  top_logprobs: 0,
  presence_penalty: 0,
  frequency_penalty: 0,
  service_tier: 'auto',
  'text.verbosity': 'medium',
  'reasoning.context': 'auto',
  'reasoning.mode': 'standard',
  prompt_cache_retention: 'in_memory',
};

/** Objects whose members are judged one by one. */
const SPLIT_OBJECTS = ['reasoning', 'text'];

/** Warnings for what is dropped or unknown. Throws the 400 for what is refused. */
export function checkParameters(body: JsonObject, table: ParameterTable): Warning[] {
  const warnings: Warning[] = [];
  for (const [name, value] of listParameters(body)) {
    if (isAbsent(name, value)) continue;
    if (!Object.hasOwn(table, name)) {
      warnings.push({ code: 'unknown_parameter', message: `The parameter ${name} is not known and was not sent on.`, param: name });
      continue;
    }
    const policy = table[name as ParameterName];
    if (policy === 'mapped' || policy === 'bridge') continue;
    if ('refuse' in policy) throw invalidRequest(policy.refuse, name, 'unsupported_parameter');
    warnings.push(droppedParameter(name, policy.drop));
  }
  return warnings;
}

/** For builders that find out later that a value cannot be sent. */
export function droppedParameter(name: string, because: string): Warning {
  return { code: 'dropped_parameter', message: `The parameter ${name} was not sent on: ${because}.`, param: name };
}

function* listParameters(body: JsonObject): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(body)) {
    if (SPLIT_OBJECTS.includes(name) && isObject(value)) {
      for (const [member, memberValue] of Object.entries(value)) yield [`${name}.${member}`, memberValue];
    } else if (SPLIT_OBJECTS.includes(name) && value === null) {
      continue;
    } else yield [name, value];
  }
}

function isAbsent(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value) && value.length === 0) return true;
  return Object.hasOwn(DEFAULTS, name) && DEFAULTS[name as ParameterName] === value;
}
