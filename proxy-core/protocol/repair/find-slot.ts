/**
 * Which item an event of a broken stream means. The id counts first when it names an item of a fitting
 * type, then the index, then what is open: one of them is usually right. Pure.
 */
import type { Channel } from '../lint/model/event-catalog.ts';
import type { ItemSlot, PartGroup, PartSlot, RepairState } from './repair-state.ts';

export interface SlotQuery {
  itemId: string | undefined;
  outputIndex: number | undefined;
  /** Item types the event can be about; empty for any. */
  types: readonly string[];
}

export function findSlot(state: RepairState, { itemId, outputIndex, types }: SlotQuery): ItemSlot | undefined {
  const fitting = state.slots.filter((slot) => types.length === 0 || types.includes(slot.type));
  const named = itemId ? fitting.filter((slot) => slot.aliases.has(itemId)) : [];
  const open = (slots: readonly ItemSlot[]): ItemSlot | undefined => slots.findLast((slot) => !slot.isDone);
  const atIndex = (slots: readonly ItemSlot[]): ItemSlot[] =>
    outputIndex === undefined ? [] : slots.filter((slot) => slot.sourceIndex === outputIndex);
  return (
    open(atIndex(named)) ??
    open(named) ??
    // A known id whose item is done: a late event, not one of the next item.
    named.findLast((slot) => slot.sourceIndex === outputIndex) ??
    named.at(-1) ??
    open(atIndex(fitting)) ??
    // Neither id nor index is of this stream: whatever is open and fits.
    (isKnownIndex(state, outputIndex) && itemId ? undefined : open(fitting))
  );
}

/** An index that names an item of another kind or one that is done says: this is a new item. */
function isKnownIndex(state: RepairState, outputIndex: number | undefined): boolean {
  return outputIndex !== undefined && state.slots.some((slot) => slot.sourceIndex === outputIndex && slot.isDone);
}

/** The slot that an item of output_item.done or of the terminal output means. */
export function findSlotOfItem(
  state: RepairState,
  item: { id: string | undefined; type: string; callId: string | undefined; outputIndex: number | undefined },
): ItemSlot | undefined {
  const fitting = state.slots.filter((slot) => slot.type === item.type);
  const byCall = item.callId ? fitting.filter((slot) => slot.callId === item.callId) : [];
  const named = item.id ? fitting.filter((slot) => slot.aliases.has(item.id as string)) : [];
  const indexed = item.outputIndex === undefined ? [] : fitting.filter((slot) => slot.sourceIndex === item.outputIndex);
  const open = (slots: readonly ItemSlot[]): ItemSlot | undefined => slots.find((slot) => !slot.isDone);
  return (
    open(named.filter((slot) => indexed.includes(slot))) ??
    open(named.filter((slot) => byCall.includes(slot))) ??
    open(named) ??
    open(byCall) ??
    open(indexed) ??
    (item.outputIndex === undefined || indexed.length === 0 ? open(fitting) : undefined) ??
    named.at(-1) ??
    byCall.at(-1)
  );
}

export function partTypeOf(channel: Channel | null): string {
  if (channel === 'summary') return 'summary_text';
  if (channel === 'reasoning') return 'reasoning_text';
  return channel === 'refusal' ? 'refusal' : 'output_text';
}

/** The part that an event means: by index, else the open one of that type. */
export function findPart(
  slot: ItemSlot,
  group: PartGroup,
  sourceIndex: number | undefined,
  type: string | undefined,
): PartSlot | undefined {
  const parts = slot.parts.filter((part) => part.group === group);
  const fits = (part: PartSlot): boolean => type === undefined || part.type === type;
  const exact = sourceIndex === undefined ? undefined : parts.findLast((part) => part.sourceIndex === sourceIndex && fits(part));
  return exact ?? parts.findLast((part) => !part.isDone && fits(part));
}
