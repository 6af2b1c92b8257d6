/**
 * The response object with which a stream begins: the request echoed as OpenAI echoes it, with all 31
 * fields that Open Responses requires (responses-stream 4, 7). The emitter fills in how it ends.
 */
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';
import type { ResponseObject } from '../protocol/responses/wire.ts';

export interface ResponseSeed {
  id: string;
  /** Unix seconds. */
  createdAt: number;
  model: string;
  /** The client's request body. */
  body: JsonObject;
}

export function createResponseObject({ id, createdAt, model, body }: ResponseSeed): ResponseObject {
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status: 'in_progress',
    background: body['background'] === true,
    completed_at: null,
    error: null,
    frequency_penalty: asNumber(body['frequency_penalty']) ?? 0,
    incomplete_details: null,
    instructions: asString(body['instructions']) ?? null,
    max_output_tokens: asNumber(body['max_output_tokens']) ?? null,
    max_tool_calls: asNumber(body['max_tool_calls']) ?? null,
    metadata: toMetadata(body['metadata']),
    model,
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] !== false,
    presence_penalty: asNumber(body['presence_penalty']) ?? 0,
    previous_response_id: asString(body['previous_response_id']) ?? null,
    prompt_cache_key: asString(body['prompt_cache_key']) ?? null,
    reasoning: toReasoning(body['reasoning']),
    safety_identifier: asString(body['safety_identifier']) ?? null,
    service_tier: asString(body['service_tier']) ?? 'auto',
    store: body['store'] !== false,
    temperature: asNumber(body['temperature']) ?? 1,
    text: toText(body['text']),
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: asArray(body['tools']).filter(isObject).map(toEchoedTool),
    top_logprobs: asNumber(body['top_logprobs']) ?? 0,
    top_p: asNumber(body['top_p']) ?? 1,
    truncation: asString(body['truncation']) ?? 'disabled',
    usage: null,
    user: asString(body['user']) ?? null,
  };
}

function toMetadata(value: unknown): { [key: string]: string } {
  const pairs = Object.entries(asObject(value)).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(pairs);
}

function toReasoning(value: unknown): JsonObject {
  const { effort, summary, ...rest } = asObject(value);
  return { effort: effort ?? null, summary: summary ?? null, ...rest };
}

function toText(value: unknown): JsonObject {
  const text = asObject(value);
  return {
    ...text,
    format: isObject(text['format']) ? text['format'] : { type: 'text' },
    verbosity: asString(text['verbosity']) ?? 'medium',
  };
}

/** Function tools are echoed with `description`, `parameters` and `strict` always present. */
function toEchoedTool(tool: JsonObject): JsonObject {
  if (tool['type'] !== 'function') return tool;
  return { ...tool, description: tool['description'] ?? null, parameters: tool['parameters'] ?? null, strict: tool['strict'] ?? true };
}
