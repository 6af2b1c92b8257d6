/**
 * What the repair machine remembers of one stream: the items as the client was told about them, and
 * under which ids and indexes the broken stream speaks of them. Constant per open item, but for the
 * texts, which the final output needs.
 */
import type { JsonObject } from '../json.ts';

export type PartGroup = 'content' | 'summary';

export interface PartSlot {
  group: PartGroup;
  /** The index the stream uses; undefined when it gives none. */
  sourceIndex: number | undefined;
  /** The index the client sees. */
  index: number;
  /** `output_text`, `refusal`, `summary_text`, `reasoning_text`. */
  type: string;
  /** The deltas that went out, joined. */
  text: string;
  annotations: JsonObject[];
  isTextDone: boolean;
  isDone: boolean;
  /** The part as part.done gave it, corrected. */
  final: JsonObject | undefined;
}

export interface ItemSlot {
  type: string;
  /** The id the client sees; set when the item is announced. */
  id: string;
  /** The index the client sees; -1 until the item is announced. */
  index: number;
  /** Ids that the stream gives the item itself: in added and done, and the one the client sees. */
  ids: Set<string>;
  /** Other ids under which events speak of it. Some gateways use one for all items. */
  aliases: Set<string>;
  sourceIndex: number | undefined;
  /** The item as the stream announced it. */
  added: JsonObject | undefined;
  isAnnounced: boolean;
  isDone: boolean;
  callId: string;
  name: string;
  /** Arguments, input or code: the deltas that went out, joined. */
  text: string;
  isTextDone: boolean;
  /** What an announcement that was full already held; used when no deltas follow. */
  prefilled: string;
  parts: PartSlot[];
  /** Raw reasoning that nobody announced goes out as a summary: that is where every client looks. */
  isRawShownAsSummary: boolean;
  /** Deltas that wait for the announcement, because the call's id or name is not known yet. */
  held: string[];
  /** The item as it went out in output_item.done. */
  final: JsonObject | undefined;
}

export interface Change {
  /** 0-based index of the event in the broken stream; null when the change is at its end. */
  event: number | null;
  /** The lint rule that the fault breaks, or what was done where no rule applies. */
  kind: string;
  message: string;
}

export interface RepairState {
  eventIndex: number;
  isResumed: boolean;
  responseId: string;
  /** The latest response object of the stream; what is missing later is taken from here. */
  response: JsonObject;
  slots: ItemSlot[];
  isCreated: boolean;
  isTerminated: boolean;
  lastType: string;
  /** The last sequence number that went out, and how many events without one followed it. */
  lastSequence: number | undefined;
  unnumbered: number;
  changes: Change[];
  unrepairable: string[];
}

export function createRepairState(): RepairState {
  return {
    eventIndex: -1,
    isResumed: false,
    responseId: '',
    response: {},
    slots: [],
    isCreated: false,
    isTerminated: false,
    lastType: '',
    lastSequence: undefined,
    unnumbered: 0,
    changes: [],
    unrepairable: [],
  };
}

export function createItemSlot(type: string, sourceIndex: number | undefined): ItemSlot {
  return {
    type,
    id: '',
    index: -1,
    ids: new Set(),
    aliases: new Set(),
    sourceIndex,
    added: undefined,
    isAnnounced: false,
    isDone: false,
    callId: '',
    name: '',
    text: '',
    isTextDone: false,
    prefilled: '',
    parts: [],
    isRawShownAsSummary: false,
    held: [],
    final: undefined,
  };
}

export function noteChange(state: RepairState, kind: string, message: string): void {
  state.changes.push({ event: state.eventIndex < 0 ? null : state.eventIndex, kind, message });
}

export function noteUnrepairable(state: RepairState, reason: string): void {
  if (!state.unrepairable.includes(reason)) state.unrepairable.push(reason);
}
