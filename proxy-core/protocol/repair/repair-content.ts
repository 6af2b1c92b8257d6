/**
 * The events inside an item: parts, deltas, text and argument dones, annotations, progress of hosted
 * tools. Finds the item and part that are meant, opens what is missing, and corrects the place.
 */
import type { EventSpec } from '../lint/model/event-catalog.ts';
import { asNumber, asObject, asString, isObject, type JsonObject } from '../json.ts';
import { findPart, findSlot, partTypeOf } from './find-slot.ts';
import { hasOwnPrefix } from './make-id.ts';
import { dropLate } from './repair-item.ts';
import { createItemSlot, noteChange, type ItemSlot, type PartGroup, type PartSlot, type RepairState } from './repair-state.ts';
import {
  addPart,
  announce,
  callKindOf,
  canAnnounce,
  closePartText,
  completeCall,
  completePart,
  openPart,
  partDelta,
  placeOf,
  toPart,
  withFields,
} from './slot-events.ts';

export function repairContent(state: RepairState, json: JsonObject, type: string, spec: EventSpec): JsonObject[] {
  const itemId = asString(json['item_id']) || undefined;
  const outputIndex = asNumber(json['output_index']);
  let slot = findSlot(state, { itemId, outputIndex, types: spec.itemTypes });
  if (!slot) {
    const itemType = spec.itemTypes[0];
    if (spec.itemTypes.length !== 1 && spec.role !== 'part-added') {
      noteChange(state, 'item-id-announced', `${type} belongs to no item and was left out.`);
      return [];
    }
    slot = createItemSlot(guessType(json, itemType), outputIndex);
    state.slots.push(slot);
  }
  if (itemId) slot.aliases.add(itemId);
  if (slot.isDone) {
    dropLate(state, slot, type, asString(json['delta']) ?? '');
    return [];
  }
  const events: JsonObject[] = [];
  if (callKindOf(slot.type)) {
    slot.name ||= asString(json['name']) ?? '';
    if (!slot.isAnnounced && !canAnnounce(slot)) return holdBack(slot, json, spec);
  }
  if (!slot.isAnnounced)
    events.push(...announce(state, slot, [...slot.ids, ...[...slot.aliases].filter((id) => hasOwnPrefix((slot as ItemSlot).type, id))]));
  const group = groupOf(slot, spec);
  const repaired =
    group !== undefined
      ? repairPartEvent(state, slot, group, { json, type, spec })
      : callKindOf(slot.type) && spec.channel !== null
        ? repairCallEvent(state, slot, { json, type, spec })
        : [place(state, { json, type, spec }, slot)];
  return [...events, ...repaired];
}

interface Source {
  json: JsonObject;
  type: string;
  spec: EventSpec;
}

function guessType(json: JsonObject, itemType: string | undefined): string {
  const part = asString(asObject(json['part'])['type']);
  return part === 'reasoning_text' || part === 'summary_text' ? 'reasoning' : (itemType ?? 'message');
}

/** The call can't be announced yet: what its deltas say is kept, in order. */
function holdBack(slot: ItemSlot, json: JsonObject, spec: EventSpec): JsonObject[] {
  const delta = asString(json['delta']);
  if (spec.role === 'delta' && delta) slot.held.push(delta);
  if (spec.role === 'content-done' && slot.held.length === 0) slot.prefilled ||= asString(json[spec.doneField ?? '']) ?? '';
  return [];
}

function groupOf(slot: ItemSlot, spec: EventSpec): PartGroup | undefined {
  if (slot.type !== 'message' && slot.type !== 'reasoning') return undefined;
  if (spec.channel === 'summary') return 'summary';
  return spec.role === 'progress' || spec.role === 'other' ? undefined : 'content';
}

/** The event with the item's own id and index. */
function place(state: RepairState, { json, type, spec: { hasItemId } }: Source, slot: ItemSlot): JsonObject {
  const repaired = withFields(json, { output_index: slot.index, ...(hasItemId ? { item_id: slot.id } : {}) });
  if (repaired !== json) describePlace(state, json, repaired, type);
  return repaired;
}

function describePlace(state: RepairState, before: JsonObject, after: JsonObject, type: string): void {
  for (const [key, kind] of [
    ['item_id', 'item-id-announced'],
    ['output_index', 'item-id-matches-index'],
    ['content_index', 'part-index-sequence'],
    ['summary_index', 'part-index-sequence'],
    ['annotation_index', 'part-index-sequence'],
  ] as const) {
    if (before[key] === after[key] || after[key] === undefined) continue;
    const was = before[key] === undefined ? 'none' : JSON.stringify(before[key]);
    noteChange(
      state,
      before[key] === undefined ? 'required-fields' : kind,
      `${key} of ${type} is ${JSON.stringify(after[key])} instead of ${was}.`,
    );
  }
}

function repairCallEvent(state: RepairState, slot: ItemSlot, { json, type, spec }: Source): JsonObject[] {
  if (slot.isTextDone) {
    dropLate(state, slot, type, asString(json['delta']) ?? '');
    return [];
  }
  if (spec.role === 'delta') {
    const delta = asString(json['delta']);
    if (delta === undefined) return dropEmpty(state, type);
    slot.text += delta;
    return [place(state, { json, type, spec }, slot)];
  }
  const field = spec.doneField ?? 'arguments';
  const said = asString(json[field]);
  const events = completeCall(state, slot, said, false);
  // An empty answer to "which arguments" is settled when the item is done.
  if (slot.text === '' && slot.type === 'function_call') events.push(...completeCall(state, slot, said, true));
  slot.isTextDone = true;
  const placed = place(state, { json, type, spec }, slot);
  if (said !== slot.text) noteChange(state, 'deltas-equal-done', `${field} of ${type} was made equal to the deltas.`);
  return [...events, withFields(placed, { [field]: slot.text })];
}

function dropEmpty(state: RepairState, type: string): JsonObject[] {
  noteChange(state, 'required-fields', `A ${type} without text was left out.`);
  return [];
}

function repairPartEvent(state: RepairState, slot: ItemSlot, asked: PartGroup, source: Source): JsonObject[] {
  const { json, type, spec } = showRawAsSummary(state, slot, asked, source);
  const group: PartGroup = json === source.json ? asked : 'summary';
  const sourceIndex = asNumber(json[group === 'summary' ? 'summary_index' : 'content_index']);
  const given = isObject(json['part']) ? json['part'] : undefined;
  const wanted = spec.channel === null ? (asString(given?.['type']) ?? undefined) : partTypeOf(spec.channel);
  const known = findPart(slot, group, sourceIndex, spec.role === 'part-added' || spec.role === 'part-done' ? undefined : wanted);
  if (spec.role === 'part-added') return repairPartAdded(state, slot, { json, type, spec }, { group, known, sourceIndex, wanted, given });

  const events: JsonObject[] = [];
  let part = known;
  if (part && (part.isDone || (part.isTextDone && spec.role !== 'part-done'))) {
    // A delta after the text's done belongs to the next part, when its index does not say otherwise.
    const isOther = part.isDone ? sourceIndex === undefined : sourceIndex !== undefined && sourceIndex !== part.sourceIndex;
    const isNew = spec.role === 'delta' && isOther;
    if (!isNew) {
      dropLate(state, slot, type, asString(json['delta']) ?? '');
      return [];
    }
    part = undefined;
  }
  if (!part) {
    part = addPart(slot, group, wanted ?? (group === 'summary' ? 'summary_text' : 'output_text'), sourceIndex);
    events.push(...openPart(state, slot, part));
  }
  return [...events, ...fillPart(state, slot, part, { json, type, spec })];
}

/**
 * Raw reasoning without an announced part is what strict clients throw at and most others never show.
 * An item that has nothing else is told as a summary instead.
 */
function showRawAsSummary(state: RepairState, slot: ItemSlot, group: PartGroup, source: Source): Source {
  const { json, type, spec } = source;
  if (slot.type !== 'reasoning' || group !== 'content') return source;
  if (!slot.isRawShownAsSummary) {
    if (slot.parts.length > 0 || spec.channel !== 'reasoning') return source;
    slot.isRawShownAsSummary = true;
    noteChange(state, 'part-added-before-content', `The raw reasoning of ${slot.id}, which no part announced, goes out as its summary.`);
  }
  const { content_index: index, type: _, ...rest } = json;
  const renamed = `response.reasoning_summary_${spec.channel === null ? 'part' : 'text'}.${type.slice(type.lastIndexOf('.') + 1)}`;
  const part = isObject(json['part']) ? { part: { type: 'summary_text', text: asString(json['part']['text']) ?? '' } } : {};
  return {
    json: { type: renamed, ...rest, ...(index === undefined ? {} : { summary_index: index }), ...part },
    type: renamed,
    spec: { ...spec, channel: 'summary' },
  };
}

interface PartQuery {
  group: PartGroup;
  known: PartSlot | undefined;
  sourceIndex: number | undefined;
  wanted: string | undefined;
  given: JsonObject | undefined;
}

function repairPartAdded(state: RepairState, slot: ItemSlot, { json, type }: Source, query: PartQuery): JsonObject[] {
  const { group, known, sourceIndex, wanted, given } = query;
  if (known && !known.isDone && known.sourceIndex === sourceIndex && sourceIndex !== undefined) {
    noteChange(state, 'part-index-sequence', `A second ${type} for part ${known.index} of ${slot.id} was left out.`);
    return [];
  }
  const part = addPart(slot, group, wanted ?? (group === 'summary' ? 'summary_text' : 'output_text'), sourceIndex);
  const placed = withFields(json, placeOf(slot, part));
  if (placed !== json) describePlace(state, json, placed, type);
  const text = asString(given?.['text']) ?? asString(given?.['refusal']) ?? '';
  if (given && text === '') return [placed];
  noteChange(
    state,
    given ? 'deltas-equal-done' : 'required-fields',
    `Part ${part.index} of ${slot.id} is announced empty; its text goes out in deltas.`,
  );
  return [withFields(placed, { part: toPart(part, '', given) }), ...partDelta(slot, part, text)];
}

function fillPart(state: RepairState, slot: ItemSlot, part: PartSlot, { json, type, spec }: Source): JsonObject[] {
  const placed = withFields(json, placeOf(slot, part));
  switch (spec.role) {
    case 'delta': {
      const delta = asString(json['delta']);
      if (delta === undefined) return dropEmpty(state, type);
      describePlace(state, json, placed, type);
      part.text += delta;
      return [placed];
    }
    case 'annotation': {
      const numbered = withFields(placed, { annotation_index: part.annotations.length });
      part.annotations.push(asObject(json['annotation']));
      describePlace(state, json, numbered, type);
      return [numbered];
    }
    case 'content-done': {
      const field = spec.doneField ?? 'text';
      const said = asString(json[field]);
      const events = completePart(state, slot, part, { text: said, where: type });
      part.isTextDone = true;
      describePlace(state, json, placed, type);
      if (said !== part.text) noteChange(state, 'deltas-equal-done', `${field} of ${type} was made equal to the deltas.`);
      return [...events, withFields(placed, { [field]: part.text })];
    }
    case 'part-done': {
      const given = isObject(json['part']) ? json['part'] : undefined;
      const said = asString(given?.['text']) ?? asString(given?.['refusal']);
      const events = [...completePart(state, slot, part, { text: said, where: type }), ...closePartText(state, slot, part)];
      part.isDone = true;
      part.final = toPart(part, part.text, given?.['type'] === part.type ? given : undefined);
      describePlace(state, json, placed, type);
      if (part.final !== given) noteChange(state, 'deltas-equal-done', `The part of ${type} was made equal to the deltas.`);
      return [...events, withFields(placed, { part: part.final })];
    }
    default:
      return [placed];
  }
}
