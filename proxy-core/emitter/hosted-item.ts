/** A tool that the provider ran itself (web search): announced, searched, done. */
import type { WebSearchCallItem } from '../protocol/responses/wire.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { FinishedItem, ItemContext, ItemOwner } from './item-context.ts';

export function createWebSearchItem(context: ItemContext, start: Extract<StreamEvent, { type: 'hosted-start' }>): ItemOwner {
  const item: WebSearchCallItem = { id: context.createId('ws'), type: 'web_search_call', status: 'in_progress', ...start.item };
  const output_index = context.addItem({ ...item });
  const place = { item_id: item.id, output_index };
  context.emit('response.web_search_call.in_progress', place);
  context.emit('response.web_search_call.searching', place);

  function finish(event: StreamEvent | undefined): FinishedItem {
    const end = event?.type === 'hosted-end' ? event : undefined;
    if (end) context.emit('response.web_search_call.completed', place);
    return { outputIndex: output_index, item: { ...item, ...end?.item }, isCut: end === undefined, replay: end?.replay };
  }

  return { push: () => undefined, finish };
}
