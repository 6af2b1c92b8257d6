/**
 * Anthropic's token counts in Responses terms (mapping 2.6): its input_tokens leave out what was read from or
 * written to the cache, and every later report replaces the earlier one, field by field.
 */
import { asNumber, asObject, asString, type JsonObject } from '../../protocol/json.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';

/** Counts are cumulative; null and absent fields leave what was known. */
export function mergeUsage(known: JsonObject, news: JsonObject): JsonObject {
  return { ...known, ...Object.fromEntries(Object.entries(news).filter(([, value]) => value !== null && value !== undefined)) };
}

/** Undefined when there is no count in it at all. */
export function toUsageEvent(raw: JsonObject): StreamEvent | undefined {
  const input = asNumber(raw.input_tokens);
  const output = asNumber(raw.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const cached = asNumber(raw.cache_read_input_tokens) ?? 0;
  const written = asNumber(raw.cache_creation_input_tokens) ?? 0;
  const usage = {
    inputTokens: (input ?? 0) + cached + written,
    cachedTokens: cached,
    cacheWriteTokens: written,
    outputTokens: output ?? 0,
    reasoningTokens: asNumber(asObject(raw.output_tokens_details).thinking_tokens) ?? 0,
  };
  return { type: 'usage', usage, raw: { ...raw } };
}

export function toServiceTier(usage: JsonObject): string | undefined {
  const tier = asString(usage.service_tier);
  return tier === 'standard' ? 'default' : tier === 'priority' ? 'priority' : undefined;
}
