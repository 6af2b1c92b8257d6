/**
 * Which item an event of a broken stream means. The id counts first when it names an item of a fitting
 * type, then the index, then what is open: one of them is usually right. Pure.
 */
import type { Channel } from '../lint/model/event-catalog.ts';
import { hasOwnPrefix } from './make-id.ts';
import type { ItemSlot, PartGroup, PartSlot, RepairState } from './repair-state.ts';

export interface SlotQuery {
  itemId: string | undefined;
  outputIndex: number | undefined;
  /** Item types the event can be about; empty for any. */
  types: readonly string[];
}

export function findSlot(state: RepairState, { itemId, outputIndex, types }: SlotQuery): ItemSlot | undefined {
  const fitting = state.slots.filter((slot) => types.length === 0 || types.includes(slot.type));
  const own = itemId ? fitting.filter((slot) => slot.ids.has(itemId)) : [];
  const alias = itemId ? fitting.filter((slot) => slot.aliases.has(itemId)) : [];
  const atIndex = (slots: readonly ItemSlot[]): ItemSlot[] =>
    outputIndex === undefined ? [] : slots.filter((slot) => slot.sourceIndex === outputIndex);
  return (
    openOf(atIndex(own)) ??
    openOf(own) ??
    openOf(atIndex(fitting)) ??
    openOf(alias) ??
    // A known id whose item is done: a late event, not one of the next item.
    atIndex(own).at(-1) ??
    own.at(-1) ??
    atIndex(alias).at(-1) ??
    (isOfNewItem(state, { itemId, outputIndex, types }) ? undefined : openOf(fitting))
  );
}

const openOf = (slots: readonly ItemSlot[]): ItemSlot | undefined => slots.findLast((slot) => !slot.isDone);

/**
 * An id and an index that are both new speak of an item that was never announced; a foreign id
 * (chatcmpl-…) is more likely a leak into the item that is open.
 */
function isOfNewItem(state: RepairState, { itemId, outputIndex, types }: SlotQuery): boolean {
  if (!itemId || outputIndex === undefined || state.slots.some((slot) => slot.sourceIndex === outputIndex)) return false;
  return hasOwnPrefix(types[0] ?? '', itemId);
}

/** The slot that an item of output_item.done or of the terminal output means. */
export function findSlotOfItem(
  state: RepairState,
  item: { id: string | undefined; type: string; callId: string | undefined; outputIndex: number | undefined },
): ItemSlot | undefined {
  const fitting = state.slots.filter((slot) => slot.type === item.type);
  const byCall = item.callId ? fitting.filter((slot) => slot.callId === item.callId) : [];
  const own = item.id ? fitting.filter((slot) => slot.ids.has(item.id as string)) : [];
  const alias = item.id ? fitting.filter((slot) => slot.aliases.has(item.id as string)) : [];
  const indexed = item.outputIndex === undefined ? [] : fitting.filter((slot) => slot.sourceIndex === item.outputIndex);
  const open = (slots: readonly ItemSlot[]): ItemSlot | undefined => slots.find((slot) => !slot.isDone);
  return (
    open(own.filter((slot) => indexed.includes(slot))) ??
    open(own.filter((slot) => byCall.includes(slot))) ??
    open(own) ??
    open(byCall) ??
    open(indexed) ??
    open(alias) ??
    (item.outputIndex === undefined || indexed.length === 0 ? open(fitting) : undefined) ??
    own.at(-1) ??
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
