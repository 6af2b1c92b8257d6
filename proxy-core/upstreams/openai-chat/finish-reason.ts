/** Chat's finish reasons, and those of servers that pass their provider's own word through (mapping 2.5). */
import type { FinishReason } from '../../protocol/stream/stream-event.ts';

const REASONS: Record<string, FinishReason | 'error'> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  length: 'max-output-tokens',
  max_tokens: 'max-output-tokens',
  model_length: 'max-output-tokens',
  model_context_window_exceeded: 'max-output-tokens',
  content_filter: 'content-filter',
  refusal: 'content-filter',
  safety: 'content-filter',
  recitation: 'content-filter',
  error: 'error',
  abort: 'error',
  malformed_function_call: 'error',
  insufficient_system_resource: 'error',
};

/** `error`: the upstream gave up without an error frame. */
export function toFinishReason(reason: string): FinishReason | 'error' {
  return REASONS[reason.toLowerCase()] ?? 'unknown';
}
