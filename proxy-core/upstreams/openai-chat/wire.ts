/**
 * The Chat Completions request as we write it; snake_case lives here. Assignable to the openai package's
 * ChatCompletionCreateParamsStreaming (wire.test.ts), plus the fields that single servers add.
 */
import type { JsonObject } from '../../protocol/json.ts';

export interface ChatBody {
  model: string;
  messages: ChatMessage[];
  stream: true;
  stream_options: { include_usage: true };
  max_tokens?: number;
  max_completion_tokens?: number;
  temperature?: number;
  top_p?: number;
  presence_penalty?: number;
  frequency_penalty?: number;
  logprobs?: true;
  top_logprobs?: number;
  response_format?: ResponseFormat;
  tools?: ChatTool[];
  tool_choice?: ChatToolChoice;
  parallel_tool_calls?: boolean;
  reasoning_effort?: ReasoningEffort;
  verbosity?: 'low' | 'medium' | 'high';
  user?: string;
  safety_identifier?: string;
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast';
  prompt_cache_key?: string;
  prompt_cache_retention?: 'in_memory' | '24h';
  prompt_cache_options?: JsonObject;
  /** OpenRouter. */
  reasoning?: { effort: string };
  /** vLLM. */
  chat_template_kwargs?: JsonObject;
}

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface SystemMessage {
  role: 'system' | 'developer';
  content: string;
}
export interface UserMessage {
  role: 'user';
  content: string | ChatPart[];
}
export interface AssistantMessage {
  role: 'assistant';
  content: string | null;
  tool_calls?: ChatToolCall[];
  /** OpenAI only. */
  refusal?: string;
  /** Reasoning of this turn, under the name the server gave it (see ./reasoning.ts). */
  reasoning_content?: string;
  reasoning?: string;
  reasoning_details?: JsonObject[];
  thinking_blocks?: JsonObject[];
}
export interface ToolMessage {
  role: 'tool';
  tool_call_id: string;
  content: string;
}

export interface ChatToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

export type ChatPart = TextPart | ImagePart | FilePart;
export interface TextPart {
  type: 'text';
  text: string;
}
export interface ImagePart {
  type: 'image_url';
  image_url: { url: string; detail?: 'auto' | 'low' | 'high' };
}
export interface FilePart {
  type: 'file';
  file: { filename?: string; file_data?: string; file_id?: string };
}

export interface ChatTool {
  type: 'function';
  function: { name: string; description?: string; parameters: JsonObject; strict?: true };
}
export type ChatToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { type: 'function'; function: { name: string } }
  | { type: 'allowed_tools'; allowed_tools: { mode: 'auto' | 'required'; tools: JsonObject[] } };

export type ResponseFormat =
  | { type: 'json_object' }
  | { type: 'json_schema'; json_schema: { name: string; schema: JsonObject; strict?: boolean; description?: string } };
