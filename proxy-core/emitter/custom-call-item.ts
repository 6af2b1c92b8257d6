/** A custom (freeform) tool call: the upstream's `{"input": "…"}` comes out as plain input text. */
import { asString, parseJsonObject } from '../protocol/json.ts';
import type { CustomToolCallItem } from '../protocol/responses/wire.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { CallTarget } from './function-call-item.ts';
import { createInputExtractor } from './input-extractor.ts';
import type { FinishedItem, ItemContext, ItemOwner } from './item-context.ts';

export function createCustomCallItem(context: ItemContext, target: CallTarget): ItemOwner {
  const item: CustomToolCallItem = {
    id: context.createId('ctc'),
    type: 'custom_tool_call',
    status: 'in_progress',
    call_id: target.callId,
    name: target.name,
    input: '',
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  };
  const output_index = context.addItem({ ...item });
  const place = { item_id: item.id, output_index };
  const extractor = createInputExtractor();
  let json = '';
  let input = '';

  function append(delta: string): void {
    if (delta === '') return;
    input += delta;
    context.emit('response.custom_tool_call_input.delta', { ...place, delta });
  }

  function push(event: StreamEvent): void {
    if (event.type !== 'tool-input-delta') return;
    json += event.delta;
    append(extractor.push(event.delta));
  }

  function finish(event: StreamEvent | undefined): FinishedItem {
    const parsed = parseJsonObject(json);
    // Another key order or shape than expected: what the extractor could not see comes as one piece.
    if (input === '' && json !== '') append(asString(parsed?.['input']) ?? json);
    context.emit('response.custom_tool_call_input.done', { ...place, input });
    return {
      outputIndex: output_index,
      item: { ...item, input },
      isCut: parsed === undefined && json !== '',
      replay: event?.type === 'tool-input-end' ? event.replay : undefined,
    };
  }

  return { push, finish };
}
