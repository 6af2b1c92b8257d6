/** What an item owner gets from the emitter: the only way to make events, indices and ids. */
import type { JsonObject } from '../protocol/json.ts';
import type { OutputItem } from '../protocol/responses/wire.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';

export interface ItemContext {
  emit(type: string, fields: JsonObject): void;
  /** Announces an item; gives its output_index. */
  addItem(item: OutputItem): number;
  createId(prefix: string): string;
  warn(code: string, message: string): void;
}

/**
 * One open output item. `push` takes the item's own delta events; `finish` closes its parts and says
 * what the final item is. The emitter sends output_item.done itself, once it knows the item's status.
 */
export interface ItemOwner {
  push(event: StreamEvent): void;
  /** Closes all parts. Undefined: nothing was ever opened, so there is nothing to close. */
  finish(event: StreamEvent | undefined): FinishedItem | undefined;
}

export interface FinishedItem {
  outputIndex: number;
  /** `status` is set by the emitter where the type has one. */
  item: OutputItem;
  /** True when the content alone shows that the item was cut (arguments that are not JSON). */
  isCut: boolean;
  replay: unknown;
}
