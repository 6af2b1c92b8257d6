/**
 * What an upstream really said, boiled down from its own wire format to what rules compare: how it
 * ended, and its content in order. Made independently of the translators, so that it can check them.
 */
import type { Finding } from '../finding.ts';
import type { ContentSegment } from '../model/segments.ts';

export interface UpstreamDigest {
  /** Wire format of the recorded upstream. */
  kind: 'anthropic' | 'openai-chat' | 'gemini' | 'responses';
  /** The upstream said that its answer is whole (message_stop, finish_reason, a completed response). */
  finished: boolean;
  /** The body ended without that. */
  cut: boolean;
  /** The upstream reported an error in the stream. */
  error: boolean;
  /** Stopped by a token limit: the answer is not whole. */
  lengthStop: boolean;
  /** Stopped by a filter or refusal: not told as plain success either. */
  filtered: boolean;
  hasUsage: boolean;
  /** A finished tool call whose input is not JSON. */
  hasBadToolInput: boolean;
  segments: ContentSegment[];
  /** When chunks arrived, for the clumping rule; null without times. */
  arrivals: { count: number; spanUs: number } | null;
  /** What the linter says about the upstream's own stream when that is a Responses stream. */
  findings: readonly Finding[] | null;
}
