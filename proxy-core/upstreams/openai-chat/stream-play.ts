/** For tests of the chat machine: what is sent as short objects, what comes out as short lines. */
import type { EndCause } from '../../protocol/stream/machine.ts';
import type { StreamEvent } from '../../protocol/stream/stream-event.ts';
import type { BridgeRequest, UpstreamFrame } from '../upstream.ts';
import { createChatStreamMachine } from './stream.ts';

export const DONE = '[DONE]';
export const COMPLETED: EndCause = { type: 'completed' };

/** A chunk whose only choice has this delta; strings go out as they are. */
export type Sent = string | { delta?: object; finish_reason?: string; [field: string]: unknown };

function toFrame(sent: Sent): UpstreamFrame {
  if (typeof sent === 'string') return { event: null, data: sent };
  const { delta, finish_reason = null, ...rest } = sent;
  const choices = delta === undefined && finish_reason === null ? [] : [{ index: 0, delta: delta ?? {}, finish_reason }];
  return { event: null, data: JSON.stringify({ id: 'chatcmpl-1', model: 'm', choices, ...rest }) };
}

export function run(sent: Sent[], cause: EndCause = COMPLETED): StreamEvent[] {
  const request: BridgeRequest = { model: 'm', body: {}, items: [], tools: [], toolChoice: { type: 'auto' } };
  const machine = createChatStreamMachine({ request, built: { body: {}, warnings: [] } });
  let state = machine.initialState();
  const events = sent.flatMap((one) => {
    const result = machine.step(state, toFrame(one));
    state = result.state;
    return result.outputs;
  });
  return [...events, ...machine.end(state, cause).outputs];
}

/** The dialogue as lines: `+text-0`, `text-0 "Hi"`, `-text-0`, `usage 1/2`, `finish stop`. Metadata is left out. */
export function lines(events: StreamEvent[]): string[] {
  return events.flatMap((event): string[] => {
    switch (event.type) {
      case 'metadata':
      case 'pause':
        return [];
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
        return [`${event.key} ${JSON.stringify(event.text)}`];
      case 'tool-input-start':
        return [`+${event.key} ${event.callId ?? 'no id'} ${event.name}`];
      case 'tool-input-delta':
        return [`${event.key} ${event.delta}`];
      case 'usage':
        return [`usage ${event.usage.inputTokens}/${event.usage.outputTokens}`];
      case 'warning':
        return [`warning ${event.code}`];
      case 'finish':
        return [`finish ${event.reason}`];
      case 'error':
        return [`error ${event.error.code}: ${event.error.message}`];
      case 'text-annotation':
        return [`${event.key} cites ${String(event.annotation.url)}`];
      default:
        return [`${event.type.endsWith('-start') ? '+' : '-'}${event.key}`];
    }
  });
}

export const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
export const call = (index: number, id: string | null, name: string | null, text: string) => ({
  tool_calls: [{ index, ...(id ? { id, type: 'function' } : {}), function: { ...(name ? { name } : {}), arguments: text } }],
});
