/**
 * A function call. A call without any argument text has the arguments `{}`, sent as a delta too:
 * langchain and plain accumulation take the arguments from deltas only.
 */
import { parseJson } from '../protocol/json.ts';
import type { FunctionCallItem } from '../protocol/responses/wire.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { FinishedItem, ItemContext, ItemOwner } from './item-context.ts';

export interface CallTarget {
  callId: string;
  name: string;
  namespace: string | undefined;
}

export function createFunctionCallItem(context: ItemContext, target: CallTarget): ItemOwner {
  const item: FunctionCallItem = {
    id: context.createId('fc'),
    type: 'function_call',
    status: 'in_progress',
    call_id: target.callId,
    name: target.name,
    arguments: '',
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  };
  const output_index = context.addItem({ ...item });
  const place = { item_id: item.id, output_index };
  let text = '';

  function append(delta: string): void {
    if (delta === '') return;
    text += delta;
    context.emit('response.function_call_arguments.delta', { ...place, delta });
  }

  function push(event: StreamEvent): void {
    if (event.type === 'tool-input-delta') append(event.delta);
  }

  function finish(event: StreamEvent | undefined): FinishedItem {
    // Only an orderly end means "no arguments"; a cut before the first one must not look like a whole call.
    if (text === '' && event?.type === 'tool-input-end') append('{}');
    context.emit('response.function_call_arguments.done', { ...place, arguments: text });
    const isCut = parseJson(text) === undefined;
    if (isCut)
      context.warn('arguments_not_json', `The arguments of ${target.name} (${target.callId}) are not JSON; the call is marked incomplete.`);
    return {
      outputIndex: output_index,
      item: { ...item, arguments: text },
      isCut,
      replay: event?.type === 'tool-input-end' ? event.replay : undefined,
    };
  }

  return { push, finish };
}
