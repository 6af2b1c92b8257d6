/** Why Anthropic stopped, in neutral terms (mapping 2.5). Only an orderly end of the model's own is a success. */
import { asString, type JsonObject } from '../../protocol/json.ts';
import type { FinishReason, StreamEvent } from '../../protocol/stream/stream-event.ts';

/** The events that end the answer: what has to be said about the reason, then exactly one finish. */
export function toFinish(stopReason: string | null, stopDetails: JsonObject, hasCalls: boolean): StreamEvent[] {
  switch (stopReason) {
    case 'end_turn':
    case 'stop_sequence':
      return [finish('stop')];
    case 'tool_use':
      return [finish('tool-calls')];
    case 'max_tokens':
      return [finish('max-output-tokens')];
    case 'model_context_window_exceeded':
      return [
        warning('context_window_exceeded', 'The answer was cut because the context window is full, not because of max_output_tokens.'),
        finish('max-output-tokens'),
      ];
    case 'refusal':
      return [...toRefusal(stopDetails), finish('content-filter')];
    case null:
      return [
        warning('missing_stop_reason', 'The upstream ended the message without a stop reason.'),
        finish(hasCalls ? 'tool-calls' : 'stop'),
      ];
    default:
      return [warning('unknown_stop_reason', `The upstream stopped for the unknown reason "${stopReason}".`), finish('unknown')];
  }
}

function toRefusal(details: JsonObject): StreamEvent[] {
  const text = asString(details.explanation);
  if (text === undefined || text === '') return [];
  const key = 'refusal';
  return [
    { type: 'refusal-start', key },
    { type: 'refusal-delta', key, text },
    { type: 'refusal-end', key },
  ];
}

function finish(reason: FinishReason): StreamEvent {
  return { type: 'finish', reason };
}

function warning(code: string, message: string): StreamEvent {
  return { type: 'warning', code, message };
}
