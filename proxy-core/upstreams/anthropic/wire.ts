/**
 * Anthropic's shapes as far as we write them, taken from the SDK's own types so that a body that could not
 * be sent does not compile. What arrives is looked at field by field instead (stream.ts): servers differ.
 */
import type Anthropic from '@anthropic-ai/sdk';

export type MessagesBody = Omit<Anthropic.MessageCreateParamsStreaming, 'tools' | 'messages'> & {
  messages: MessageParam[];
  tools?: Tool[];
  /** Not in the SDK's types any more: API version 2026-10-21 refuses them, older versions take them. */
  temperature?: number;
  top_p?: number;
};
/** We always write content as a list, so that blocks can be ordered and merged. */
export interface MessageParam {
  role: 'user' | 'assistant';
  content: ContentBlockParam[];
}
export type ContentBlockParam = Anthropic.ContentBlockParam;
export type TextBlockParam = Anthropic.TextBlockParam;
export type ImageBlockParam = Anthropic.ImageBlockParam;
export type DocumentBlockParam = Anthropic.DocumentBlockParam;
export type ToolResultBlockParam = Anthropic.ToolResultBlockParam;
/** Ours are functions; the one that Anthropic runs itself is its web search. */
export type FunctionTool = Anthropic.Tool;
export type Tool = FunctionTool | Anthropic.WebSearchTool20250305;
export type ToolChoice = Anthropic.ToolChoice;
export type ThinkingConfig = Anthropic.ThinkingConfigParam;
export type OutputConfig = Anthropic.OutputConfig;
export type Effort = NonNullable<OutputConfig['effort']>;

/** API versions before 2026-10-21 take sampling parameters and want beta headers for files. */
export const CURRENT_VERSION = '2026-10-21';
/** Anthropic takes this many cache breakpoints in one request. */
export const MAX_CACHE_BREAKPOINTS = 4;
