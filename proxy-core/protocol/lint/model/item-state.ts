/**
 * What the linter remembers of one output item and its parts. Texts are kept as digests, so an item
 * costs the same however long it is. Changed only by the stream model.
 */
import type { JsonObject } from '../../json.ts';
import { createTextDigest, type TextDigest } from './text-digest.ts';
import { createSegment, type ContentSegment } from './segments.ts';

export type PartGroup = 'content' | 'summary';

export interface PartState {
  group: PartGroup;
  index: number;
  /** output_text, refusal, summary_text, reasoning_text; null while nothing said it. */
  type: string | null;
  /** Index of the event that announced it; null: content came without an announcement. */
  addedAt: number | null;
  /** Index of its text/refusal/summary done. */
  contentDoneAt: number | null;
  doneAt: number | null;
  deltas: TextDigest;
  deltaCount: number;
  /** The text of its content-done event. */
  doneText: TextDigest | null;
}

export interface ItemState {
  /** Position among the items of its stream, in the order of their first events. */
  number: number;
  /** The announced id; null when it was announced without one, or never. */
  id: string | null;
  /** Foreign ids under which events spoke of it; a few are enough. */
  aliases: Set<string>;
  type: string | null;
  outputIndex: number | null;
  /** Null for an item that was never announced (the model made it up from its first event). */
  addedAt: number | null;
  firstEventAt: number;
  doneAt: number | null;
  /** The id that its done carried. */
  doneId: string | null;
  callId: string | null;
  name: string | null;
  parts: PartState[];
  /** Arguments, input or code of a call, as streamed. */
  deltas: TextDigest;
  deltaCount: number;
  contentDoneAt: number | null;
  doneText: TextDigest | null;
  /** Digest of each top-level field at its done, to compare with the terminal output. */
  doneFields: Map<string, TextDigest> | null;
  /** Content for the comparison with the upstream. */
  segments: ContentSegment[];
  /** Rules that found something about this item, with the first event of each. */
  faults: Map<string, number | null>;
}

export function createItemState(first: { item: JsonObject | null; index: number; outputIndex: number | null }): ItemState {
  return {
    number: -1,
    id: null,
    aliases: new Set(),
    type: null,
    outputIndex: first.outputIndex,
    addedAt: null,
    firstEventAt: first.index,
    doneAt: null,
    doneId: null,
    callId: null,
    name: null,
    parts: [],
    deltas: createTextDigest(),
    deltaCount: 0,
    contentDoneAt: null,
    doneText: null,
    doneFields: null,
    segments: [],
    faults: new Map(),
  };
}

export function createPartState(group: PartGroup, index: number, type: string | null, addedAt: number | null): PartState {
  return {
    group,
    index,
    type,
    addedAt,
    contentDoneAt: null,
    doneAt: null,
    deltas: createTextDigest(),
    deltaCount: 0,
    doneText: null,
  };
}

export function findPart(item: ItemState, group: PartGroup, index: number): PartState | undefined {
  // Asked for every delta: a loop, not a closure.
  for (let at = item.parts.length - 1; at >= 0; at--) {
    const part = item.parts[at] as PartState;
    if (part.index === index && part.group === group) return part;
  }
  return undefined;
}

export function openPart(item: ItemState, group: PartGroup): PartState | undefined {
  return item.parts.findLast((part) => part.group === group && part.doneAt === null);
}

/** The item's last segment of that kind, or a new one. */
export function segmentOf(item: ItemState, kind: 'text' | 'reasoning' | 'tool'): ContentSegment {
  const last = item.segments.at(-1);
  if (last?.kind === kind) return last;
  const segment = createSegment(kind, kind === 'tool' ? item.name : null);
  item.segments.push(segment);
  return segment;
}

export function isExemptFromOrder(item: ItemState): boolean {
  // Several MCP servers list their tools at once; genuine streams interleave them and may leave out the done.
  return item.type === 'mcp_list_tools';
}
