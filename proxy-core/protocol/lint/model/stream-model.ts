/**
 * The shared picture of one Responses stream: which items are announced where, what is open, what
 * arrived. Each event is applied once and gives the facts that all rules read. Tolerant on purpose: a
 * broken stream is attributed as a careful reader would, so that one fault does not look like ten.
 */
import { asNumber, asString, isObject, parseJsonObject, type JsonObject } from '../../json.ts';
import type { LintEvent } from '../lint-event.ts';
import { findEventSpec, isPartChannel, type Channel, type EventSpec } from './event-catalog.ts';
import type { AddedFacts, EventFacts, ItemMatch } from './event-facts.ts';
import { hashJson } from './hash-json.ts';
import { createItemState, createPartState, findPart, openPart, segmentOf } from './item-state.ts';
import type { ItemState, PartGroup } from './item-state.ts';
import { matchTerminalOutput } from './match-terminal.ts';
import { createOpenItems } from './open-items.ts';
import { appendToSegment } from './segments.ts';
import { appendText, createTextDigest } from './text-digest.ts';

/** Ciphertexts are made anew at each serialisation and are never compared (responses-stream.md 3, rule 7). */
export const CIPHERTEXT_KEYS: ReadonlySet<string> = new Set(['encrypted_content', 'fingerprint']);
/** Mark among an item's faults: an event of it may have been lost. Rules name it in `silentAfter`. */
export const LOST_EVENT = 'lost-event';
const MAX_ALIASES = 8;
/** Items that one id may name; of a stream that calls all of them by one, the last ones. */
const MAX_OF_ONE_ID = 50;
const NOTHING: JsonObject = {};

export interface StreamModel {
  readonly items: readonly ItemState[];
  readonly eventCount: number;
  /** The first response id. */
  readonly responseId: string | null;
  /** Index and type of the first completed/incomplete/failed. */
  readonly terminal: { index: number; type: string } | null;
  /** Index of the last `error` event. */
  readonly errorAt: number | null;
  /** Index of the last event that could not be read (no JSON, no type). */
  readonly lostAt: number | null;
  /** True when the first event shows that this stream continues another (GET …?starting_after=N). */
  readonly isResumed: boolean;
  apply(event: LintEvent): EventFacts;
}

/** `mayBeResumed` is false when the stream is known to answer a fresh request. */
export function createStreamModel(mayBeResumed = true): StreamModel {
  const items: ItemState[] = [];
  const open = createOpenItems();
  const byId = new Map<string, ItemState[]>();
  const byIndex = new Map<number, ItemState>();
  let nextIndex = 0;
  let mayHaveLostItem = false;
  let hasAnnounced = false;
  // Most events are of the type and about the item of the one before: what was found for it is kept at hand.
  let [lastType, lastSpec]: [string | null, EventSpec | null] = [null, null];
  let lastId: string | null = null;
  let lastNamed: readonly ItemState[] | undefined;
  const state = {
    items,
    eventCount: 0,
    responseId: null as string | null,
    terminal: null as StreamModel['terminal'],
    errorAt: null as number | null,
    lostAt: null as number | null,
    isResumed: false,
    apply,
  };

  function apply(event: LintEvent): EventFacts {
    event.json ??= parseJsonObject(event.data);
    const json = event.json ?? {};
    const named = asString(json['type']) ?? null;
    const type = named ?? (event.json && event.name !== null && findEventSpec(event.name) ? event.name : null);
    if (type !== lastType) {
      // The event's own name when that says the same: then comparing the two costs nothing.
      lastType = type === event.name ? event.name : type;
      lastSpec = type === null ? null : (findEventSpec(type) ?? null);
    }
    const spec = lastSpec;
    const isItemEvent = spec !== null && (spec.role === 'item-added' || spec.role === 'item-done');
    const itemJson = isItemEvent && isObject(json['item']) ? json['item'] : NOTHING;
    const facts: EventFacts = {
      event,
      json,
      type: lastType,
      spec,
      sequenceNumber: asNumber(json['sequence_number']) ?? null,
      outputIndex: asNumber(json['output_index']) ?? null,
      // An empty id names nothing; that it is there is required-fields' finding.
      itemId: asString(isItemEvent ? itemJson['id'] : json['item_id']) || null,
      item: null,
      match: null,
      wasItemDone: false,
      wasContentDone: false,
      part: null,
      wasPartKnown: false,
      wasPartContentDone: false,
      wasPartDone: false,
      nextPartIndex: 0,
      added: null,
      response: null,
      terminal: null,
    };
    if (state.eventCount === 0 && mayBeResumed) state.isResumed = (facts.sequenceNumber ?? 0) > 0 && type !== 'response.created';
    state.eventCount += 1;
    if (type === null) lose(facts);
    else if (spec) applyKnown(facts, spec, itemJson);
    return facts;
  }

  /**
   * An event that nobody can read: what it would have brought is lost. Items that were open can't add up
   * any more, and one that begins next may have been announced in it.
   */
  function lose(facts: EventFacts): void {
    state.lostAt = facts.event.index;
    mayHaveLostItem = true;
    for (const item of open) item.faults.set(LOST_EVENT, facts.event.index);
  }

  function applyKnown(facts: EventFacts, spec: EventSpec, itemJson: JsonObject): void {
    switch (spec.role) {
      case 'lifecycle':
      case 'terminal':
        facts.response = isObject(facts.json['response']) ? facts.json['response'] : {};
        state.responseId ??= asString(facts.response['id']) ?? null;
        if (spec.role === 'terminal' && !state.terminal) {
          facts.terminal = matchTerminalOutput(facts.response, items);
          state.terminal = { index: facts.event.index, type: facts.type as string };
        }
        return;
      case 'error':
        state.errorAt = facts.event.index;
        return;
      case 'item-added':
        applyAdded(facts, itemJson);
        return;
      case 'item-done':
        applyItemDone(facts, itemJson);
        return;
      case 'other':
        return;
      default:
        applyInner(facts, spec);
    }
  }

  function applyAdded(facts: EventFacts, itemJson: JsonObject): void {
    const { itemId, outputIndex } = facts;
    const type = asString(itemJson['type']) ?? null;
    const named = itemId === null ? [] : (byId.get(itemId) ?? []);
    const again = named.find((item) => item.outputIndex === outputIndex && item.addedAt !== null);
    const late =
      named.find((item) => item.addedAt === null && item.doneAt === null) ??
      open.findUnannounced(outputIndex, (item) => item.type === type);
    const added: AddedFacts = {
      kind: again ? 'again' : late ? 'late' : 'new',
      sameId: named.find((item) => item !== again && item !== late) ?? null,
      // A resumed stream goes on counting where the recording does not reach.
      nextIndex: late || (state.isResumed && !hasAnnounced) ? (outputIndex ?? nextIndex) : nextIndex,
      openBefore: open.before((item) => item !== again && item !== late),
    };
    const item = again ?? late ?? register(createItemState({ item: itemJson, index: facts.event.index, outputIndex }));
    facts.added = added;
    facts.item = item;
    facts.match = 'announced';
    facts.wasItemDone = item.doneAt !== null;
    if (again) return;
    item.id = itemId;
    item.type = type;
    item.addedAt = facts.event.index;
    hasAnnounced = true;
    open.announced(item);
    item.callId = asString(itemJson['call_id']) ?? null;
    item.name = asString(itemJson['name']) ?? null;
    if (itemId !== null && !named.includes(item)) setNamed(itemId, [...named.slice(1 - MAX_OF_ONE_ID), item]);
    if (outputIndex !== null) {
      byIndex.set(outputIndex, item);
      nextIndex = Math.max(nextIndex, outputIndex + 1);
    } else nextIndex += 1;
    if (late) return;
    const given = asString(itemJson['arguments']) ?? asString(itemJson['input']) ?? asString(itemJson['code']) ?? '';
    appendText(item.deltas, given);
    if (type === 'function_call' || type === 'custom_tool_call') appendToSegment(segmentOf(item, 'tool'), given);
  }

  function applyItemDone(facts: EventFacts, itemJson: JsonObject): void {
    const { itemId, outputIndex } = facts;
    const type = asString(itemJson['type']) ?? null;
    const named = itemId === null ? [] : (byId.get(itemId) ?? []);
    const atIndex = outputIndex === null ? undefined : byIndex.get(outputIndex);
    let item = named.find((candidate) => candidate.outputIndex === outputIndex) ?? named.find((candidate) => candidate.doneAt === null);
    let match: ItemMatch = item && item.addedAt !== null ? 'announced' : 'phantom';
    if (!item && atIndex && atIndex.doneAt === null && (atIndex.type === type || itemId === null)) {
      item = atIndex;
      match = itemId === null || item.id === null ? 'index' : 'alias';
    }
    item ??= named.at(-1) ?? (atIndex?.addedAt === null && atIndex.type === type ? atIndex : undefined);
    if (!item) {
      item = register(createItemState({ item: itemJson, index: facts.event.index, outputIndex }));
      name(item, itemId);
      item.type = type;
      item.callId = asString(itemJson['call_id']) ?? null;
      if (outputIndex !== null && !byIndex.has(outputIndex)) byIndex.set(outputIndex, item);
      nextIndex = Math.max(nextIndex, (outputIndex ?? -1) + 1);
      match = 'phantom';
    }
    facts.item = item;
    facts.match = match;
    facts.wasItemDone = item.doneAt !== null;
    if (facts.wasItemDone) return;
    item.doneAt = facts.event.index;
    item.doneId = itemId;
    item.doneFields = new Map(Object.entries(itemJson).map(([key, value]) => [key, hashJson(value, CIPHERTEXT_KEYS)]));
    addMissingSegments(item, itemJson);
    open.ended(item);
  }

  function applyInner(facts: EventFacts, spec: EventSpec): void {
    const item = namedItem(facts) ?? findItem(facts, spec);
    if (!item) return;
    facts.item = item;
    facts.wasItemDone = item.doneAt !== null;
    facts.wasContentDone = item.contentDoneAt !== null;
    const group = groupOf(spec);
    if (group) applyPart(facts, spec, item, group);
    else if (spec.channel) applyCallContent(facts, spec, item);
  }

  /** The item of this id and index, else the last one of this id. */
  function namedItem(facts: EventFacts): ItemState | undefined {
    const { itemId, outputIndex } = facts;
    if (itemId === null) return undefined;
    if (itemId !== lastId) {
      lastId = itemId;
      lastNamed = byId.get(itemId);
    }
    if (!lastNamed) return undefined;
    let found: ItemState | undefined;
    facts.match = 'phantom';
    for (const item of lastNamed) {
      if (found === undefined || found.outputIndex !== outputIndex) found = item;
      if (item.addedAt !== null) facts.match = 'announced';
    }
    return found;
  }

  function setNamed(id: string, named: ItemState[]): void {
    byId.set(id, named);
    lastId = null;
  }

  /** The item of an event whose id is missing or unknown. */
  function findItem(facts: EventFacts, spec: EventSpec): ItemState | undefined {
    const { itemId, outputIndex } = facts;
    const fits = (item: ItemState): boolean => spec.itemTypes.length === 0 || item.type === null || spec.itemTypes.includes(item.type);
    const atIndex = outputIndex === null ? [...open].findLast(fits) : byIndex.get(outputIndex);
    if (itemId === null) {
      if (atIndex) facts.match = 'index';
      return atIndex;
    }
    if (atIndex && atIndex.doneAt === null && fits(atIndex)) {
      facts.match = 'index';
      if (atIndex.id === null && atIndex.addedAt !== null) return atIndex;
      name(atIndex, itemId);
      facts.match = atIndex.addedAt === null ? 'phantom' : 'alias';
      return atIndex;
    }
    const known = open.findUnannounced(outputIndex, fits);
    const item = known ?? register(createItemState({ item: null, index: facts.event.index, outputIndex }));
    item.type ??= spec.itemTypes[0] ?? null;
    name(item, itemId);
    if (outputIndex !== null && !byIndex.has(outputIndex)) {
      byIndex.set(outputIndex, item);
      nextIndex = Math.max(nextIndex, outputIndex + 1);
    }
    facts.match = 'phantom';
    return item;
  }

  function register(item: ItemState): ItemState {
    item.number = items.push(item) - 1;
    open.add(item);
    if (mayHaveLostItem) item.faults.set(LOST_EVENT, state.lostAt);
    mayHaveLostItem = false;
    return item;
  }

  /** Remembers a foreign id; bounded, because some gateways make a new one for every event. */
  function name(item: ItemState, id: string | null): void {
    if (id === null || item.aliases.size >= MAX_ALIASES || item.aliases.has(id)) return;
    item.aliases.add(id);
    if (item.addedAt === null && !byId.has(id)) setNamed(id, [item]);
  }

  return state;
}

function groupOf(spec: EventSpec): PartGroup | null {
  if (spec.channel === 'summary') return 'summary';
  if (isPartChannel(spec.channel) || spec.role === 'part-added' || spec.role === 'part-done') return 'content';
  return null;
}

function applyPart(facts: EventFacts, spec: EventSpec, item: ItemState, group: PartGroup): void {
  const { json } = facts;
  const given = asNumber(json[group === 'summary' ? 'summary_index' : 'content_index']);
  const count = countParts(item, group);
  facts.nextPartIndex = count;
  const index = given ?? (spec.role === 'part-added' ? count : (openPart(item, group)?.index ?? Math.max(0, count - 1)));
  let part = findPart(item, group, index);
  facts.wasPartKnown = part !== undefined;
  if (!part) {
    const partJson = isObject(json['part']) ? json['part'] : NOTHING;
    const type = asString(partJson['type']) ?? partTypeOf(spec.channel);
    part = createPartState(group, index, type, spec.role === 'part-added' ? facts.event.index : null);
    // A done item gets no new parts: the event is somebody else's fault and would only grow the list.
    if (!facts.wasItemDone) item.parts.push(part);
    if (spec.role === 'part-added') appendText(part.deltas, asString(partJson['text']) ?? asString(partJson['refusal']) ?? '');
  }
  facts.part = part;
  facts.wasPartContentDone = part.contentDoneAt !== null;
  facts.wasPartDone = part.doneAt !== null;
  if (facts.wasItemDone) return;
  const kind = spec.channel === 'summary' || spec.channel === 'reasoning' ? 'reasoning' : 'text';
  switch (spec.role) {
    case 'delta': {
      const delta = asString(json['delta']) ?? '';
      if (typeof json['delta'] !== 'string') item.faults.set(LOST_EVENT, facts.event.index);
      if (facts.wasPartContentDone || facts.wasPartDone) return;
      appendText(part.deltas, delta);
      if (delta !== '') part.deltaCount += 1;
      // A refusal is often the bridge's own wording, so it is not compared with the upstream's content.
      if (spec.channel !== 'refusal') appendToSegment(segmentOf(item, kind), delta);
      return;
    }
    case 'content-done': {
      if (facts.wasPartContentDone) return;
      const text = asString(json[spec.doneField ?? 'text']);
      part.contentDoneAt = facts.event.index;
      if (text !== undefined) part.doneText = createTextDigest(text);
      if (part.deltaCount === 0 && text !== undefined && spec.channel !== 'refusal') appendToSegment(segmentOf(item, kind), text);
      return;
    }
    case 'part-done':
      part.doneAt ??= facts.event.index;
      return;
    default:
  }
}

function countParts(item: ItemState, group: PartGroup): number {
  let count = 0;
  for (const part of item.parts) if (part.group === group) count += 1;
  return count;
}

function applyCallContent(facts: EventFacts, spec: EventSpec, item: ItemState): void {
  if (facts.wasItemDone || facts.wasContentDone) return;
  const isTool = item.type === 'function_call' || item.type === 'custom_tool_call';
  if (spec.role === 'delta') {
    const delta = asString(facts.json['delta']) ?? '';
    if (typeof facts.json['delta'] !== 'string') item.faults.set(LOST_EVENT, facts.event.index);
    appendText(item.deltas, delta);
    if (delta !== '') item.deltaCount += 1;
    if (isTool) appendToSegment(segmentOf(item, 'tool'), delta);
    return;
  }
  const text = asString(facts.json[spec.doneField ?? '']);
  item.contentDoneAt = facts.event.index;
  if (text === undefined) return;
  item.doneText = createTextDigest(text);
  if (isTool && item.deltas.length === 0) appendToSegment(segmentOf(item, 'tool'), text);
}

/** Content that came only with the item's done still counts when both sides are compared. */
function addMissingSegments(item: ItemState, itemJson: JsonObject): void {
  if (item.type === 'function_call' || item.type === 'custom_tool_call') {
    const segment = segmentOf(item, 'tool');
    if (segment.text.length === 0) appendToSegment(segment, asString(itemJson['arguments']) ?? asString(itemJson['input']) ?? '');
    return;
  }
  if (item.segments.length > 0) return;
  for (const [key, kind] of [
    ['summary', 'reasoning'],
    ['content', item.type === 'reasoning' ? 'reasoning' : 'text'],
  ] as const) {
    const parts = Array.isArray(itemJson[key]) ? itemJson[key].filter(isObject) : [];
    for (const part of parts) {
      const text = asString(part['text']);
      if (text) appendToSegment(segmentOf(item, kind), text);
    }
  }
}

export function partTypeOf(channel: Channel | null): string | null {
  if (channel === 'text') return 'output_text';
  if (channel === 'refusal') return 'refusal';
  if (channel === 'summary') return 'summary_text';
  if (channel === 'reasoning') return 'reasoning_text';
  return null;
}
