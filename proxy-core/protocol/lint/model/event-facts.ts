/** What the stream model says about one event: everything rules look at, computed once. Data only. */
import type { JsonObject } from '../../json.ts';
import type { LintEvent } from '../lint-event.ts';
import type { EventSpec } from './event-catalog.ts';
import type { ItemState, PartState } from './item-state.ts';

/**
 * How an event's item was found. `announced`: by its id. `alias`: under an id that was never announced,
 * but its output_index has an open item of the right type. `phantom`: no announced item fits. `index`:
 * the event or its item has no id at all.
 */
export type ItemMatch = 'announced' | 'alias' | 'phantom' | 'index';

export interface EventFacts {
  event: LintEvent;
  /** The parsed data; an empty object when it is not a JSON object. */
  json: JsonObject;
  /** data.type, else a known `event:` name; null when neither says what this is. */
  type: string | null;
  spec: EventSpec | null;
  sequenceNumber: number | null;
  outputIndex: number | null;
  /** item_id, or item.id of output_item events. */
  itemId: string | null;
  item: ItemState | null;
  match: ItemMatch | null;
  /** States as they were before this event. */
  wasItemDone: boolean;
  wasContentDone: boolean;
  part: PartState | null;
  wasPartKnown: boolean;
  wasPartContentDone: boolean;
  wasPartDone: boolean;
  /** Where the next new part of this group should be. */
  nextPartIndex: number;
  added: AddedFacts | null;
  /** The response object of lifecycle and terminal events. */
  response: JsonObject | null;
  terminal: TerminalFacts | null;
}

export interface AddedFacts {
  /** `again`: announced before under this id and index. `late`: its events came before. */
  kind: 'new' | 'again' | 'late';
  /** Another item of this response with the same id. */
  sameId: ItemState | null;
  nextIndex: number;
  openBefore: ItemState[];
}

/** The terminal output, entry by entry, with the streamed item that each one is. */
export interface TerminalFacts {
  entries: { position: number; entry: JsonObject; item: ItemState | null }[];
  /** Items that were done but are not in the output. */
  missing: ItemState[];
  /** False when the response has no output array. */
  hasOutput: boolean;
}
