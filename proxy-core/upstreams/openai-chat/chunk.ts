/**
 * One data frame of a Chat Completions stream, in any dialect, as an ordered list of what it adds to the
 * answer. Owns every spelling of the same thing (reasoning_content, reasoning, Mistral's content lists,
 * legacy function_call …), so that the machine in ./stream.ts has one. Keeps no state between frames.
 */
import { asArray, asObject, asString, isObject, type JsonObject } from '../../protocol/json.ts';

export interface ChatChunk {
  id?: string;
  model?: string;
  serviceTier?: string;
  usage?: JsonObject;
  /** The value of an `error` key, or the whole payload when it is an error object itself. */
  error?: unknown;
  parts: ChunkPart[];
  finishReason: string | null;
  /** OpenRouter: the provider's own word for it. */
  nativeFinishReason: string | null;
  /** Names of non-empty delta fields that have no place in a Responses stream. */
  unknownFields: string[];
  /** The chunk carries only choices other than the first. */
  isOtherChoice: boolean;
}

/** In the order in which a chunk's parts take effect: reasoning, text, refusal, calls (mapping 2.2). */
export type ChunkPart =
  | { type: 'reasoning'; field: ReasoningField; text: string }
  /** Blocks to be replayed as received. `text` is shown only when the chunk has no plain reasoning text. */
  | { type: 'reasoning-details'; field: DetailsField; details: JsonObject[]; text: string }
  | { type: 'text'; text: string; logprobs: JsonObject[] }
  | { type: 'annotations'; annotations: JsonObject[] }
  | { type: 'refusal'; text: string }
  | { type: 'call'; fragment: CallFragment };

/** Where plain reasoning text came from; it goes back under the same name. `thinking`: Mistral's content list. */
export type ReasoningField = 'reasoning_content' | 'reasoning' | 'thinking';
/** OpenRouter and Vercel send reasoning_details, LiteLLM thinking_blocks. */
export type DetailsField = 'reasoning_details' | 'thinking_blocks';

/** A piece of a tool call. Any field may be missing in any fragment. */
export interface CallFragment {
  index: number | null;
  id: string | null;
  name: string | null;
  arguments: string;
}

const KNOWN_FIELDS = new Set([
  'role',
  'content',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking_blocks',
  'refusal',
  'tool_calls',
  'function_call',
  'annotations',
  // Bookkeeping of single servers that says nothing about the answer.
  'index',
  'name',
  'channel',
  'token_id',
  'provider_metadata',
  'provider_specific_fields',
]);

/** @param event the frame's `event:` line: Groq marks error frames only there. */
export function toChunk(payload: JsonObject, event: string | null): ChatChunk {
  const choices = asArray(payload.choices).map(asObject);
  const choice = choices.find(({ index }) => index === undefined || index === null || index === 0);
  // Some servers put the whole message where the delta belongs.
  const delta = isObject(choice?.delta) ? choice.delta : asObject(choice?.message);
  const chunk: ChatChunk = {
    parts: toParts(delta, choice),
    finishReason: asString(choice?.finish_reason) || null,
    nativeFinishReason: asString(choice?.native_finish_reason) || null,
    unknownFields: Object.keys(delta).filter((field) => !KNOWN_FIELDS.has(field) && !isEmpty(delta[field])),
    isOtherChoice: choice === undefined && choices.length > 0,
  };
  const error = toError(payload, event) ?? choice?.error;
  if (error !== undefined && error !== null) chunk.error = error;
  const usage = [payload.usage, asObject(payload.x_groq).usage, choice?.usage].find(isObject);
  if (usage) chunk.usage = usage;
  if (asString(payload.id)) chunk.id = payload.id as string;
  if (asString(payload.model)) chunk.model = payload.model as string;
  if (asString(payload.service_tier)) chunk.serviceTier = payload.service_tier as string;
  return chunk;
}

function toError(payload: JsonObject, event: string | null): unknown {
  if (payload.error !== undefined && payload.error !== null) return payload.error;
  if (payload.object === 'error' || event === 'error') return payload;
  return undefined;
}

function toParts(delta: JsonObject, choice: JsonObject | undefined): ChunkPart[] {
  const parts: ChunkPart[] = toReasoningParts(delta);
  const logprobs = asArray(asObject(choice?.logprobs).content).filter((one): one is JsonObject => isObject(one) && 'logprob' in one);
  if (Array.isArray(delta.content)) parts.push(...delta.content.flatMap((one) => toContentPart(asObject(one))));
  else if (asString(delta.content)) parts.push({ type: 'text', text: delta.content as string, logprobs });
  const annotations = asArray(delta.annotations).filter(isObject);
  if (annotations.length > 0) parts.push({ type: 'annotations', annotations });
  if (asString(delta.refusal)) parts.push({ type: 'refusal', text: delta.refusal as string });
  if (isObject(delta.function_call)) parts.push({ type: 'call', fragment: { ...toFragment({ function: delta.function_call }), index: 0 } });
  for (const call of asArray(delta.tool_calls)) parts.push({ type: 'call', fragment: toFragment(asObject(call)) });
  return parts;
}

/** The fields duplicate each other: the text is taken from the first that has any. */
function toReasoningParts(delta: JsonObject): ChunkPart[] {
  const field = (['reasoning_content', 'reasoning'] as const).find((name) => asString(delta[name]));
  const parts: ChunkPart[] = field ? [{ type: 'reasoning', field, text: delta[field] as string }] : [];
  for (const name of ['reasoning_details', 'thinking_blocks'] as const) {
    const details = asArray(delta[name]).filter(isObject);
    if (details.length === 0) continue;
    const text = details.map((detail) => asString(detail.text) ?? asString(detail.summary) ?? asString(detail.thinking) ?? '').join('');
    parts.push({ type: 'reasoning-details', field: name, details, text: parts.length === 0 ? text : '' });
  }
  return parts;
}

/** Mistral: content as a list of thinking and text blocks. */
function toContentPart(block: JsonObject): ChunkPart[] {
  if (block.type === 'thinking') {
    const text =
      asString(block.thinking) ??
      asArray(block.thinking)
        .map((one) => asString(asObject(one).text) ?? '')
        .join('');
    return text === '' ? [] : [{ type: 'reasoning', field: 'thinking', text }];
  }
  const text = asString(block.text);
  return text ? [{ type: 'text', text, logprobs: [] }] : [];
}

function toFragment(call: JsonObject): CallFragment {
  const target = asObject(call.function);
  const index = typeof call.index === 'number' && call.index >= 0 ? call.index : null;
  const text = isObject(target.arguments) ? JSON.stringify(target.arguments) : (asString(target.arguments) ?? '');
  return { index, id: asString(call.id) || null, name: asString(target.name) || null, arguments: text };
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === undefined || value === '' || value === false;
}
