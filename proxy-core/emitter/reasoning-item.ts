/**
 * A reasoning item with at most one summary part. It is announced at once, with `summary: []`: reasoning
 * without shown text (redacted, omitted, or only a signature) is an item too, because it must be replayed.
 * `encrypted_content` is always sent: clients that don't know the model name don't ask for it, but give
 * it back all the same (mapping 1.5).
 */
import type { ReasoningItem } from '../protocol/responses/wire.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { FinishedItem, ItemContext, ItemOwner } from './item-context.ts';

export function createReasoningItem(context: ItemContext): ItemOwner {
  const item: ReasoningItem = { id: context.createId('rs'), type: 'reasoning', summary: [] };
  const output_index = context.addItem({ ...item, summary: [] });
  const place = { item_id: item.id, output_index, summary_index: 0 };
  let text = '';

  function push(event: StreamEvent): void {
    if (event.type !== 'reasoning-delta' || event.text === '') return;
    if (text === '') context.emit('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } });
    text += event.text;
    context.emit('response.reasoning_summary_text.delta', { ...place, delta: event.text });
  }

  function finish(event: StreamEvent | undefined): FinishedItem {
    const end = event?.type === 'reasoning-end' ? event : undefined;
    if (text !== '') {
      context.emit('response.reasoning_summary_text.done', { ...place, text });
      context.emit('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } });
    }
    const done: ReasoningItem = { ...item, summary: text === '' ? [] : [{ type: 'summary_text', text }] };
    if (end?.encryptedContent !== undefined) done.encrypted_content = end.encryptedContent;
    return { outputIndex: output_index, item: done, isCut: false, replay: end?.replay };
  }

  return { push, finish };
}
