/**
 * The neutral vocabulary between upstream machines and the Responses emitter: `noun-start/delta/end`.
 * An upstream machine translates its wire events into these and never sees a Responses id, index or
 * sequence number; the emitter owns all of those.
 *
 * `key` names one block within one answer (an upstream block index, say). A key may be used again only
 * after its `-end`. Blocks may interleave: the emitter keeps the order of the starts and holds back a
 * later block's events until the earlier ones have ended, because genuine streams are sequential.
 */
import type { JsonObject } from '../json.ts';

export type StreamEvent =
  /** What the upstream says about the answer as a whole; may come more than once, later values win. */
  | { type: 'metadata'; upstreamId?: string; model?: string; serviceTier?: string }
  | { type: 'text-start'; key: string }
  | { type: 'text-delta'; key: string; text: string; logprobs?: unknown[] }
  | { type: 'text-annotation'; key: string; annotation: JsonObject }
  | { type: 'text-end'; key: string; replay?: unknown }
  | { type: 'refusal-start'; key: string }
  | { type: 'refusal-delta'; key: string; text: string }
  | { type: 'refusal-end'; key: string }
  /** Shown reasoning becomes one summary part; reasoning without any delta is an item with `summary: []`. */
  | { type: 'reasoning-start'; key: string }
  | { type: 'reasoning-delta'; key: string; text: string }
  | { type: 'reasoning-end'; key: string; encryptedContent?: string; replay?: unknown }
  /** `name` is the name the upstream used; the emitter maps it back to the client's tool. */
  | { type: 'tool-input-start'; key: string; callId: string | null; name: string }
  | { type: 'tool-input-delta'; key: string; delta: string }
  | { type: 'tool-input-end'; key: string; replay?: unknown }
  /** A tool the provider runs itself. `item` holds the type's own fields, without id and status. */
  | { type: 'hosted-start'; key: string; itemType: 'web_search_call'; item: JsonObject }
  | { type: 'hosted-end'; key: string; item: JsonObject; replay?: unknown }
  /** Token counts in Responses terms; fields that are known so far, later ones win. */
  | { type: 'usage'; usage: PartialUsage; raw: unknown }
  /** Dropped, odd or unknown things: recorded with the step, never put into the client's stream. */
  | { type: 'warning'; code: string; message: string }
  /**
   * The answer is over: nothing of it (usage included) comes later, so the client's stream may end now,
   * even if the upstream leaves its connection open.
   */
  | { type: 'finish'; reason: FinishReason; message?: string }
  /**
   * The upstream stopped in the middle of its own tools and wants to be asked again, with `content` (in its own
   * terms) as what it said so far. Its next answer is the rest of this one; token counts begin anew.
   */
  | { type: 'pause'; content: unknown }
  | { type: 'error'; error: StreamError };

export interface PartialUsage {
  inputTokens?: number;
  cachedTokens?: number;
  cacheWriteTokens?: number;
  outputTokens?: number;
  reasoningTokens?: number;
}

/** How the answer ended. Everything but `stop` and `tool-calls` is not a success (mapping 2.5). */
export type FinishReason = 'stop' | 'tool-calls' | 'max-output-tokens' | 'content-filter' | 'unknown';

/** `code` is from the closed list of `response.error.code`; the upstream's own words go into `message`. */
export interface StreamError {
  code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt' | 'insufficient_quota';
  message: string;
  upstreamType?: string;
}
