/** How Gemini's finish and block reasons and its error states read in Responses terms (mapping 2.5, 2.7). */
import type { FinishReason, StreamError } from '../../protocol/stream/stream-event.ts';

export type Outcome = { type: 'finish'; reason: FinishReason } | { type: 'error' };

const CONTENT_FILTER = new Set(['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII']);
/** The model or the server went wrong: told as a failure, never as an answer. */
const FAILURES = new Set(['UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'MISSING_THOUGHT_SIGNATURE', 'OTHER']);

export function toOutcome(finishReason: string): Outcome {
  if (finishReason === 'STOP') return { type: 'finish', reason: 'stop' };
  if (finishReason === 'MAX_TOKENS') return { type: 'finish', reason: 'max-output-tokens' };
  if (CONTENT_FILTER.has(finishReason) || finishReason.startsWith('IMAGE_')) return { type: 'finish', reason: 'content-filter' };
  if (FAILURES.has(finishReason) || finishReason.startsWith('MALFORMED_')) return { type: 'error' };
  return { type: 'finish', reason: 'unknown' };
}

/** Only four codes are legal in `response.error`; Google's own state goes into the message. */
export function toErrorCode(status: string | undefined): StreamError['code'] {
  return status === 'RESOURCE_EXHAUSTED' ? 'rate_limit_exceeded' : 'server_error';
}
