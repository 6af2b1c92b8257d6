/**
 * The shapes that Open Responses (2026-04-24) requires, written down from its specification: the response
 * object with its 31 fields, items, and every streaming event. Stricter than a client: unknown keys of an
 * object pass, a missing or null required one does not.
 */
import { z } from 'zod';

const text = z.string();
const index = z.int().min(0);
const count = z.int().min(0);
const itemStatus = z.enum(['in_progress', 'completed', 'incomplete']);

const annotation = z.object({ type: z.literal('url_citation'), url: text, title: text, start_index: index, end_index: index });
const logprob = z.object({ token: text, logprob: z.number(), bytes: z.array(z.int()), top_logprobs: z.array(z.unknown()) });
const outputText = z.object({
  type: z.literal('output_text'),
  text,
  annotations: z.array(annotation),
  logprobs: z.array(logprob).optional(),
});
const summaryText = z.object({ type: z.literal('summary_text'), text });
const refusal = z.object({ type: z.literal('refusal'), refusal: text });
const inputText = z.object({ type: z.literal('input_text'), text });
const inputImage = z.object({ type: z.literal('input_image'), image_url: text.nullable(), detail: z.enum(['low', 'high', 'auto']) });
const inputFile = z.object({ type: z.literal('input_file'), filename: text.optional(), file_url: text.optional() });
const part = z.discriminatedUnion('type', [outputText, summaryText, refusal, inputText, inputImage, inputFile]);

const message = z.object({
  type: z.literal('message'),
  id: text,
  status: itemStatus,
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.array(part),
  phase: z.enum(['commentary', 'final_answer']).optional(),
});
const functionCall = z.object({
  type: z.literal('function_call'),
  id: text,
  call_id: text,
  name: text,
  arguments: text,
  status: itemStatus,
});
const functionCallOutput = z.object({
  type: z.literal('function_call_output'),
  id: text,
  call_id: text,
  output: z.union([text, z.array(part)]),
  status: itemStatus,
});
const reasoningItem = z.object({
  type: z.literal('reasoning'),
  id: text,
  content: z.array(part).optional(),
  summary: z.array(part),
  encrypted_content: text.optional(),
});
const compaction = z.object({ type: z.literal('compaction'), id: text, encrypted_content: text, created_by: text.optional() });
const item = z.discriminatedUnion('type', [message, functionCall, functionCallOutput, reasoningItem, compaction]);

const usage = z.object({
  input_tokens: count,
  output_tokens: count,
  total_tokens: count,
  input_tokens_details: z.object({ cached_tokens: count }),
  output_tokens_details: z.object({ reasoning_tokens: count }),
});
const functionTool = z.object({
  type: z.literal('function'),
  name: text,
  description: text.nullable(),
  parameters: z.record(text, z.unknown()).nullable(),
  strict: z.boolean().nullable(),
});
const toolChoiceWord = z.enum(['none', 'auto', 'required']);
const namedTool = z.object({ type: z.literal('function'), name: text });
const allowedTools = z.object({ type: z.literal('allowed_tools'), tools: z.array(namedTool), mode: toolChoiceWord });
const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), name: text }),
]);

/** All 31 fields; `nullable` where the specification says so. */
export const responseSchema = z.object({
  id: text.regex(/^resp_/),
  object: z.literal('response'),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.enum(['queued', 'in_progress', 'completed', 'failed', 'incomplete', 'cancelled']),
  incomplete_details: z.object({ reason: text }).nullable(),
  model: text,
  previous_response_id: text.nullable(),
  instructions: text.nullable(),
  output: z.array(item),
  error: z.object({ code: text, message: text }).nullable(),
  tools: z.array(functionTool),
  tool_choice: z.union([toolChoiceWord, namedTool, allowedTools]),
  truncation: z.enum(['auto', 'disabled']),
  parallel_tool_calls: z.boolean(),
  text: z.object({ format, verbosity: z.enum(['low', 'medium', 'high']).optional() }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.int(),
  temperature: z.number(),
  reasoning: z
    .object({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullable(),
      summary: z.enum(['concise', 'detailed', 'auto']).nullable(),
    })
    .nullable(),
  usage: usage.nullable(),
  max_output_tokens: z.int().nullable(),
  max_tool_calls: z.int().nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: text,
  metadata: z.record(text, text),
  safety_identifier: text.nullable(),
  prompt_cache_key: text.nullable(),
});
export const REQUIRED_FIELD_COUNT = 31;

export const compactionSchema = z.object({
  id: text,
  object: z.literal('response.compaction'),
  output: z.array(item),
  created_at: z.int(),
  usage,
});

const event = <Type extends string>(type: Type, fields: z.ZodRawShape) =>
  z.object({ type: z.literal(type), sequence_number: index, ...fields });
const inItem = { item_id: text, output_index: index };
const inContent = { ...inItem, content_index: index };
const inSummary = { ...inItem, summary_index: index };
const lifecycle = { response: responseSchema };

export const eventSchema = z.discriminatedUnion('type', [
  event('response.created', lifecycle),
  event('response.queued', lifecycle),
  event('response.in_progress', lifecycle),
  event('response.completed', lifecycle),
  event('response.failed', lifecycle),
  event('response.incomplete', lifecycle),
  event('response.output_item.added', { output_index: index, item }),
  event('response.output_item.done', { output_index: index, item }),
  event('response.content_part.added', { ...inContent, part }),
  event('response.content_part.done', { ...inContent, part }),
  event('response.output_text.delta', { ...inContent, delta: text, logprobs: z.array(logprob).optional() }),
  event('response.output_text.done', { ...inContent, text, logprobs: z.array(logprob).optional() }),
  event('response.refusal.delta', { ...inContent, delta: text }),
  event('response.refusal.done', { ...inContent, refusal: text }),
  event('response.function_call_arguments.delta', { ...inItem, delta: text }),
  event('response.function_call_arguments.done', { ...inItem, arguments: text }),
  event('response.reasoning_summary_part.added', { ...inSummary, part }),
  event('response.reasoning_summary_part.done', { ...inSummary, part }),
  event('response.reasoning_summary_text.delta', { ...inSummary, delta: text }),
  event('response.reasoning_summary_text.done', { ...inSummary, text }),
  event('response.output_text.annotation.added', { ...inContent, annotation_index: index, annotation }),
]);

/** On a WebSocket an error is a message of its own. */
export const socketErrorSchema = z.object({
  type: z.literal('error'),
  status: z.int(),
  error: z.object({ code: text.nullable(), message: text, param: text.nullable().optional(), type: text.optional() }),
});

/** What is wrong with a value, one line each; empty when it fits. */
export function complaintsAbout(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map(({ path, message: what }) => `${path.join('.')}: ${what}`);
}
