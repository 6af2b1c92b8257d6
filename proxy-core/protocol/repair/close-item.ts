/** Closes an item: what its last word adds, its open parts, its done. Used for every way an item ends. */
import { asString, type JsonObject } from '../json.ts';
import type { ItemSlot, RepairState } from './repair-state.ts';
import { noteChange } from './repair-state.ts';
import { addPart, announce, callKindOf, closeCall, closePart, completePart, openPart, partsOfItem, toFinalItem } from './slot-events.ts';

/**
 * `said` is the item as the stream tells it at its end; undefined when it does not. Returns the events
 * before output_item.done; the done itself is the caller's, which may have one to correct.
 */
export function finishContent(state: RepairState, slot: ItemSlot, said: JsonObject | undefined, isWhole: boolean): JsonObject[] {
  const events: JsonObject[] = [];
  const call = callKindOf(slot.type);
  if (!slot.isAnnounced) {
    slot.callId ||= asString(said?.['call_id']) ?? '';
    slot.name ||= asString(said?.['name']) ?? '';
    events.push(...announce(state, slot, [asString(said?.['id']), ...slot.ids, ...slot.aliases]));
  }
  if (call) {
    const input = asString(said?.[call.field]);
    if (slot.isTextDone && input !== undefined && input !== slot.text) {
      noteChange(state, 'deltas-equal-done', `The ${call.field} of ${slot.id} in output_item.done were made equal to what was streamed.`);
    }
    return [...events, ...closeCall(state, slot, input, isWhole)];
  }
  for (const [position, part] of (said ? partsOfItem(slot, said) : []).entries()) {
    const sameGroup = slot.parts.filter((one) => one.group === part.group);
    const at = position - (said ? partsOfItem(slot, said).findIndex((one) => one.group === part.group) : 0);
    let known = sameGroup[at];
    if (!known) {
      // Raw reasoning and empty parts that were never streamed stay in the item alone.
      if (part.text === '' || part.type === 'reasoning_text') continue;
      known = addPart(slot, part.group, part.type, undefined);
      events.push(...openPart(state, slot, known));
    }
    events.push(...completePart(state, slot, known, { text: part.text, where: 'output_item.done' }));
  }
  for (const part of slot.parts) events.push(...closePart(state, slot, part));
  return events;
}

/** Closes an item that the stream leaves open. `status` is what becomes of it. */
export function closeItem(state: RepairState, slot: ItemSlot, said: JsonObject | undefined, status: string): JsonObject[] {
  if (slot.isDone) return [];
  const events = finishContent(state, slot, said, status === 'completed');
  slot.isDone = true;
  slot.final = toFinalItem(state, slot, said, status);
  noteChange(state, 'item-done', `output_item.done was added for ${slot.id}.`);
  return [...events, { type: 'response.output_item.done', output_index: slot.index, item: slot.final }];
}
