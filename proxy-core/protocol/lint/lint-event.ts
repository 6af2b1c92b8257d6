/**
 * What goes into the linter: one stream's events, and the neutral facts about its surroundings that
 * some rules need. All facts may be absent; a rule that can't know stays silent. Data only.
 */
import type { JsonObject } from '../json.ts';
import type { UpstreamDigest } from './upstream-digest/digest.ts';

export interface LintEvent {
  /** 0-based over all data frames but [DONE]. */
  index: number;
  /** The `event:` line; null when the frame has none. */
  name: string | null;
  /** The joined data lines. */
  data: string;
  /** The parsed data when it is a JSON object. */
  json: JsonObject | undefined;
  /** Microseconds since the request's arrival; null when the source has no times. */
  tUs: number | null;
  chunkIndex: number | null;
  /** False when the stream ended before the frame's blank line: SSE clients never see that frame. */
  isTerminated?: boolean;
}

/** What is known about the session that this stream belongs to. */
export interface SessionFacts {
  /** The response that handed out this item id in an earlier step; undefined when none did. */
  responseOfItem?(itemId: string): string | undefined;
  /** Whether the client was given this id before, or brought it along before the recording began. */
  isKnownId?(id: string): boolean;
  /** True when the session's earlier steps were all seen, so that an unknown id means something. */
  isComplete?: boolean;
  /**
   * Calls reachable through this previous_response_id: their call_ids, and those already answered.
   * Undefined when the chain is not known.
   */
  callsOfChain?(previousResponseId: string): { callIds: ReadonlySet<string>; answered: ReadonlySet<string> } | undefined;
  /** The call_id of a call that the client may refer to by its item id. */
  callIdOfItem?(itemId: string): string | undefined;
  /** What the bridge's own store says; undefined when it does not say. */
  isResponseStored?(responseId: string): boolean | undefined;
  isItemStored?(itemId: string): boolean | undefined;
}

/** The HTTP answer when it is not a stream: an error body of OpenAI's shape, looked at leniently. */
export interface HttpAnswer {
  status: number;
  body: JsonObject | undefined;
}

/** How the recording of the stream ended, and what the other side showed. */
export interface EndInfo {
  /** `client-gone`: the client left, so that a missing end is not the stream's fault. */
  cause?: 'end' | 'client-gone';
  upstream?: UpstreamDigest;
  answer?: HttpAnswer;
}
