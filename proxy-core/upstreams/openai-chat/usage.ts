/** Chat's token counts in Responses terms (mapping 2.6). */
import { asNumber, asObject, type JsonObject } from '../../protocol/json.ts';
import type { PartialUsage } from '../../protocol/stream/stream-event.ts';

/** Undefined when the object holds no counts at all. */
export function toPartialUsage(raw: JsonObject): PartialUsage | undefined {
  const prompt = asNumber(raw.prompt_tokens);
  const completion = asNumber(raw.completion_tokens);
  if (prompt === undefined && completion === undefined) return undefined;
  const input = asObject(raw.prompt_tokens_details);
  const cached = asNumber(input.cached_tokens) ?? asNumber(raw.prompt_cache_hit_tokens) ?? asNumber(raw.cached_tokens);
  const cachedTokens = cached ?? asNumber(raw.cache_read_input_tokens);
  const cacheWriteTokens = asNumber(input.cache_write_tokens) ?? asNumber(raw.cache_creation_input_tokens);
  const reasoningTokens = asNumber(asObject(raw.completion_tokens_details).reasoning_tokens) ?? asNumber(raw.reasoning_tokens);
  // xAI leaves reasoning out of completion_tokens; its total gives it away.
  const isApart = reasoningTokens !== undefined && asNumber(raw.total_tokens) === (prompt ?? 0) + (completion ?? 0) + reasoningTokens;
  return {
    inputTokens: prompt ?? 0,
    outputTokens: (completion ?? 0) + (isApart ? reasoningTokens : 0),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}
