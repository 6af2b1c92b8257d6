/** Gemini's usageMetadata in Responses terms (mapping 2.6): output is candidates plus thoughts. */
import { asNumber, type JsonObject } from '../../protocol/json.ts';
import type { PartialUsage } from '../../protocol/stream/stream-event.ts';

/** Field by field, the last value wins; a field that a later chunk leaves out or nulls keeps its value. */
export function mergeUsage(before: JsonObject, update: JsonObject): JsonObject {
  const merged = { ...before };
  for (const [name, value] of Object.entries(update)) if (value !== null && value !== undefined) merged[name] = value;
  return merged;
}

export function toPartialUsage(metadata: JsonObject): PartialUsage {
  const count = (name: string) => asNumber(metadata[name]);
  const usage: PartialUsage = {};
  const prompt = count('promptTokenCount');
  // Prompts of Google's own tools are billed as input but are not in promptTokenCount.
  if (prompt !== undefined) usage.inputTokens = prompt + (count('toolUsePromptTokenCount') ?? 0);
  const cached = count('cachedContentTokenCount');
  if (cached !== undefined) usage.cachedTokens = cached;
  const thoughts = count('thoughtsTokenCount');
  const candidates = count('candidatesTokenCount');
  if (thoughts !== undefined) usage.reasoningTokens = thoughts;
  if (candidates !== undefined || thoughts !== undefined) usage.outputTokens = (candidates ?? 0) + (thoughts ?? 0);
  return usage;
}
