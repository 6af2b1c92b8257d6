/** THE registry of upstream kinds that are translated, one line each. Kind `responses` needs no translator. */
import { anthropicUpstream } from './anthropic/index.ts';
import { geminiUpstream } from './gemini/index.ts';
import { openaiChatUpstream } from './openai-chat/index.ts';
import type { TranslatingUpstream, UpstreamKind } from './upstream.ts';

export const translators: Readonly<Record<Exclude<UpstreamKind, 'responses'>, TranslatingUpstream>> = {
  anthropic: anthropicUpstream,
  'openai-chat': openaiChatUpstream,
  gemini: geminiUpstream,
};
