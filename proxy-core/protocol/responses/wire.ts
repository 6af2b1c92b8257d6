/**
 * Shapes of the Responses API as they go over the wire (snake_case lives only in wire files).
 * Source: OpenAI's OpenAPI document (Aug 2026) and Open Responses 2026-04-24; what comes in is lenient
 * (`JsonObject`, looked at field by field), what goes out is strict.
 */
import type { JsonObject } from '../json.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface OutputTextPart {
  type: 'output_text';
  text: string;
  annotations: JsonObject[];
  logprobs: unknown[];
}
export interface RefusalPart {
  type: 'refusal';
  refusal: string;
}
export interface SummaryTextPart {
  type: 'summary_text';
  text: string;
}

export interface MessageItem {
  id: string;
  type: 'message';
  status: ItemStatus;
  role: 'assistant';
  content: (OutputTextPart | RefusalPart)[];
}
export interface ReasoningItem {
  id: string;
  type: 'reasoning';
  summary: SummaryTextPart[];
  encrypted_content?: string;
}
export interface FunctionCallItem {
  id: string;
  type: 'function_call';
  status: ItemStatus;
  call_id: string;
  name: string;
  arguments: string;
  namespace?: string;
}
export interface CustomToolCallItem {
  id: string;
  type: 'custom_tool_call';
  status: ItemStatus;
  call_id: string;
  name: string;
  input: string;
  namespace?: string;
}
export interface WebSearchCallItem {
  id: string;
  type: 'web_search_call';
  status: ItemStatus | 'searching' | 'failed';
  action?: JsonObject;
}
export interface CompactionItem {
  id: string;
  type: 'compaction';
  encrypted_content: string;
}
export type OutputItem = MessageItem | ReasoningItem | FunctionCallItem | CustomToolCallItem | WebSearchCallItem | CompactionItem;

export interface Usage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number; cache_write_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
}

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** All 31 fields that Open Responses requires, plus `user`. Emitted always, in this order. */
export interface ResponseObject {
  id: string;
  object: 'response';
  created_at: number;
  status: ResponseStatus;
  background: boolean;
  completed_at: number | null;
  error: { code: string; message: string } | null;
  frequency_penalty: number;
  incomplete_details: { reason: string } | null;
  instructions: string | null;
  max_output_tokens: number | null;
  max_tool_calls: number | null;
  metadata: { [key: string]: string };
  model: string;
  output: OutputItem[];
  parallel_tool_calls: boolean;
  presence_penalty: number;
  previous_response_id: string | null;
  prompt_cache_key: string | null;
  reasoning: JsonObject | null;
  safety_identifier: string | null;
  service_tier: string;
  store: boolean;
  temperature: number;
  text: JsonObject;
  tool_choice: unknown;
  tools: JsonObject[];
  top_logprobs: number;
  top_p: number;
  truncation: string;
  usage: Usage | null;
  user: string | null;
}

/** One event of our own stream, before it is numbered and written. */
export interface ResponsesEvent {
  type: string;
  sequence_number: number;
  [field: string]: unknown;
}

/** The terminal event types; `error` ends a stream too, but carries no response. */
export const TERMINAL_EVENT_TYPES: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** OpenAI's error body: all four keys, always. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}
