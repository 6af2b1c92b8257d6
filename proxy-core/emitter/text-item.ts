/**
 * A message with one part: text or refusal. The message is announced with its first non-empty delta, so
 * that an empty block leaves no item behind (an empty message confuses agents, and closing one that was
 * never opened breaks AI SDK: BerriAI/litellm#37852).
 */
import type { JsonObject } from '../protocol/json.ts';
import type { MessageItem, OutputTextPart, RefusalPart } from '../protocol/responses/wire.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { FinishedItem, ItemContext, ItemOwner } from './item-context.ts';

export function createTextItem(context: ItemContext, kind: 'text' | 'refusal'): ItemOwner {
  let item: MessageItem | undefined;
  let place: { item_id: string; output_index: number; content_index: number } | undefined;
  let text = '';
  const logprobs: unknown[] = [];
  const annotations: JsonObject[] = [];

  const toPart = (): OutputTextPart | RefusalPart =>
    kind === 'text'
      ? { type: 'output_text', text, annotations: [...annotations], logprobs: [...logprobs] }
      : { type: 'refusal', refusal: text };

  function open(): NonNullable<typeof place> {
    if (place) return place;
    item = { id: context.createId('msg'), type: 'message', status: 'in_progress', role: 'assistant', content: [] };
    place = { item_id: item.id, output_index: context.addItem({ ...item }), content_index: 0 };
    context.emit('response.content_part.added', { ...place, part: toPart() });
    return place;
  }

  function push(event: StreamEvent): void {
    switch (event.type) {
      case 'text-delta': {
        if (event.text === '') return;
        const at = open();
        text += event.text;
        if (event.logprobs) logprobs.push(...event.logprobs);
        // Named one by one: this runs for nearly every event, and a spread costs three times as much.
        const { item_id, output_index, content_index } = at;
        const { text: delta, logprobs: probabilities = [] } = event;
        context.emit('response.output_text.delta', { item_id, output_index, content_index, delta, logprobs: probabilities });
        return;
      }
      case 'refusal-delta': {
        if (event.text === '') return;
        const at = open();
        text += event.text;
        context.emit('response.refusal.delta', { ...at, delta: event.text });
        return;
      }
      case 'text-annotation': {
        if (!place)
          return context.warn('annotation_without_text', 'The upstream sent a citation for a text that has no content; it was dropped.');
        const annotation_index = annotations.push(event.annotation) - 1;
        return context.emit('response.output_text.annotation.added', { ...place, annotation_index, annotation: event.annotation });
      }
      default:
        return;
    }
  }

  function finish(event: StreamEvent | undefined): FinishedItem | undefined {
    if (!item || !place) return undefined;
    if (kind === 'text') context.emit('response.output_text.done', { ...place, text, logprobs: [...logprobs] });
    else context.emit('response.refusal.done', { ...place, refusal: text });
    context.emit('response.content_part.done', { ...place, part: toPart() });
    return {
      outputIndex: place.output_index,
      item: { ...item, content: [toPart()] },
      isCut: false,
      replay: event?.type === 'text-end' ? event.replay : undefined,
    };
  }

  return { push, finish };
}
