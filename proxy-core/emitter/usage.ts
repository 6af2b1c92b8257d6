import type { Usage } from '../protocol/responses/wire.ts';
import type { PartialUsage } from '../protocol/stream/stream-event.ts';

/** Responses usage with all five fields; the total is always recomputed (mapping 2.6). */
export function toUsage(usage: PartialUsage): Usage {
  const input = usage.inputTokens ?? 0;
  const output = usage.outputTokens ?? 0;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cachedTokens ?? 0, cache_write_tokens: usage.cacheWriteTokens ?? 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: input + output,
  };
}

/** Token counts of several answers that make one. */
export function addUsage(left: PartialUsage | undefined, right: PartialUsage | undefined): PartialUsage | undefined {
  if (!left || !right) return left ?? right;
  const sum: PartialUsage = { ...left };
  for (const [name, count] of Object.entries(right) as [keyof PartialUsage, number | undefined][])
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
