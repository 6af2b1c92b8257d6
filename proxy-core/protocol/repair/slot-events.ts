/**
 * Writes the events of an item's life that the broken stream left out: announcements, deltas for what
 * only a done event told, dones. Each function changes the slot and returns what has to go out. Pure.
 */
import { asArray, asObject, asString, isObject, parseJson, type JsonObject } from '../json.ts';
import { makeCallId, makeItemId } from './make-id.ts';
import { noteChange, noteUnrepairable, type ItemSlot, type PartGroup, type PartSlot, type RepairState } from './repair-state.ts';

export interface CallKind {
  field: 'arguments' | 'input';
  event: 'response.function_call_arguments' | 'response.custom_tool_call_input';
}

export function callKindOf(type: string): CallKind | undefined {
  if (type === 'function_call') return { field: 'arguments', event: 'response.function_call_arguments' };
  if (type === 'custom_tool_call') return { field: 'input', event: 'response.custom_tool_call_input' };
  return undefined;
}

/** Sets the fields that differ; the same object when none does. */
export function withFields(object: JsonObject, fields: JsonObject): JsonObject {
  const isSame = Object.entries(fields).every(([key, value]) => object[key] === value);
  return isSame ? object : { ...object, ...fields };
}

/** Whether the item may be told to the client: calls need their id and name first. */
export function canAnnounce(slot: ItemSlot): boolean {
  return callKindOf(slot.type) === undefined || (slot.callId !== '' && slot.name !== '');
}

/**
 * Gives the item its id and index. `candidates` are ids from the stream, best first; the first one that
 * is free is kept, because clients refer to it in the next request.
 */
export function settleIdentity(state: RepairState, slot: ItemSlot, candidates: readonly (string | undefined)[]): void {
  slot.index = state.slots.reduce((count, other) => count + (other.isAnnounced ? 1 : 0), 0);
  if (callKindOf(slot.type)) settleCall(state, slot);
  const isFree = (id: string): boolean => id !== slot.callId && !state.slots.some((other) => other !== slot && other.id === id);
  slot.id = candidates.find((id): id is string => id !== undefined && id !== '' && isFree(id)) ?? '';
  if (slot.id === '') {
    slot.id = makeItemId(slot.type, state.responseId, slot.index);
    noteChange(
      state,
      'item-id-unique',
      `The ${slot.type} at output_index ${slot.index} got the id ${slot.id}; the stream has none of its own for it.`,
    );
  }
  slot.ids.add(slot.id);
  slot.isAnnounced = true;
}

function settleCall(state: RepairState, slot: ItemSlot): void {
  const isTaken = state.slots.some((other) => other !== slot && other.isAnnounced && other.callId === slot.callId);
  if (slot.callId === '' || isTaken) {
    const callId = makeCallId(state.responseId, slot.index);
    const why = slot.callId === '' ? 'the stream gives it none' : `${slot.callId} belongs to another call`;
    noteChange(state, 'call-id-unique', `The call at output_index ${slot.index} got the call_id ${callId}: ${why}.`);
    slot.callId = callId;
  }
  if (slot.name === '') {
    slot.name = 'unnamed';
    noteUnrepairable(state, `the call at output_index ${slot.index} has no name anywhere in the stream`);
  }
}

/** `output_item.added` for an item that the stream announced wrongly, too late or never. */
export function announce(state: RepairState, slot: ItemSlot, candidates: readonly (string | undefined)[]): JsonObject[] {
  settleIdentity(state, slot, candidates);
  noteChange(state, 'item-added-once', `The ${slot.type} ${slot.id} was announced.`);
  const events: JsonObject[] = [{ type: 'response.output_item.added', output_index: slot.index, item: toAddedItem(slot) }];
  for (const delta of slot.held.splice(0)) events.push(...callDelta(slot, delta));
  return events;
}

/** The item as it is announced: identity, and nothing of the content. */
export function toAddedItem(slot: ItemSlot): JsonObject {
  const base = slot.added ?? { type: slot.type };
  const call = callKindOf(slot.type);
  if (call)
    return withFields(base, {
      id: slot.id,
      type: slot.type,
      ...statusOf(base, 'in_progress'),
      call_id: slot.callId,
      name: slot.name,
      [call.field]: '',
    });
  if (slot.type === 'message') {
    const isEmpty = Array.isArray(base['content']) && base['content'].length === 0;
    return withFields(base, {
      id: slot.id,
      ...statusOf(base, 'in_progress'),
      role: asString(base['role']) || 'assistant',
      content: isEmpty ? base['content'] : [],
    });
  }
  if (slot.type === 'reasoning') {
    const isEmpty = Array.isArray(base['summary']) && base['summary'].length === 0;
    const content = Array.isArray(base['content']) && base['content'].length > 0 ? { content: [] } : {};
    return withFields(base, { id: slot.id, summary: isEmpty ? base['summary'] : [], ...content });
  }
  return withFields(base, { id: slot.id });
}

function statusOf(base: JsonObject, fallback: string): JsonObject {
  return { status: asString(base['status']) || fallback };
}

export function callDelta(slot: ItemSlot, delta: string): JsonObject[] {
  const call = callKindOf(slot.type);
  if (!call || delta === '') return [];
  slot.text += delta;
  return [{ type: `${call.event}.delta`, item_id: slot.id, output_index: slot.index, delta }];
}

const indexField = (group: PartGroup): 'summary_index' | 'content_index' => (group === 'summary' ? 'summary_index' : 'content_index');

/** The fields that place an event in a part. */
export function placeOf(slot: ItemSlot, part: PartSlot): JsonObject {
  return { item_id: slot.id, output_index: slot.index, [indexField(part.group)]: part.index };
}

export function addPart(slot: ItemSlot, group: PartGroup, type: string, sourceIndex: number | undefined): PartSlot {
  const index = slot.parts.filter((part) => part.group === group).length;
  const part: PartSlot = {
    ...{ group, sourceIndex, index, type, text: '', annotations: [] },
    ...{ isTextDone: false, isDone: false, final: undefined },
  };
  slot.parts.push(part);
  return part;
}

/** `content_part.added` or `reasoning_summary_part.added` for a part that the stream never announced. */
export function openPart(state: RepairState, slot: ItemSlot, part: PartSlot): JsonObject[] {
  const type = part.group === 'summary' ? 'response.reasoning_summary_part.added' : 'response.content_part.added';
  noteChange(state, 'part-added-before-content', `${type} was added for part ${part.index} of ${slot.id}.`);
  return [{ type, ...placeOf(slot, part), part: toPart(part, '') }];
}

export function toPart(part: PartSlot, text: string, base?: JsonObject): JsonObject {
  if (part.type === 'refusal') return withFields(base ?? {}, { type: 'refusal', refusal: text });
  if (part.type !== 'output_text') return withFields(base ?? {}, { type: part.type, text });
  if (base) return withFields(base, { type: part.type, text });
  return { type: part.type, text, annotations: part.annotations, logprobs: [] };
}

const channelEvents: Readonly<Record<string, string>> = {
  output_text: 'response.output_text',
  refusal: 'response.refusal',
  summary_text: 'response.reasoning_summary_text',
  reasoning_text: 'response.reasoning_text',
};

export function partDelta(slot: ItemSlot, part: PartSlot, delta: string): JsonObject[] {
  if (delta === '') return [];
  part.text += delta;
  const logprobs = part.type === 'output_text' ? { logprobs: [] } : {};
  return [{ type: `${channelEvents[part.type]}.delta`, ...placeOf(slot, part), delta, ...logprobs }];
}

/**
 * What is still to be sent so that the deltas add up to `said`; undefined when they contradict it: then
 * the deltas stay, because the client has them already.
 */
export function missingText(streamed: string, said: string | undefined): string | undefined {
  if (said === undefined || said === streamed || said === '') return '';
  return said.startsWith(streamed) ? said.slice(streamed.length) : undefined;
}

/** What an event tells of a part's whole text. */
export interface Told {
  text: string | undefined;
  /** The event, for the report. */
  where: string;
}

/** Sends what is told more than the deltas, for a part. */
export function completePart(state: RepairState, slot: ItemSlot, part: PartSlot, { text: said, where }: Told): JsonObject[] {
  if (part.isTextDone) {
    if (said !== undefined && said !== part.text)
      noteChange(state, 'deltas-equal-done', `${where} of ${slot.id} was made equal to the deltas.`);
    return [];
  }
  const missing = missingText(part.text, said);
  if (missing === undefined) noteUnrepairable(state, `${where} of ${slot.id} says something else than its deltas; the deltas were kept`);
  else if (missing !== '')
    noteChange(state, 'content-has-deltas', `${missing.length} characters of ${slot.id} that came only in ${where} were sent as a delta.`);
  return partDelta(slot, part, missing ?? '');
}

export function closePartText(state: RepairState, slot: ItemSlot, part: PartSlot): JsonObject[] {
  if (part.isTextDone) return [];
  part.isTextDone = true;
  const type = `${channelEvents[part.type]}.done`;
  noteChange(state, 'part-done', `${type} was added for part ${part.index} of ${slot.id}.`);
  const logprobs = part.type === 'output_text' ? { logprobs: [] } : {};
  return [{ type, ...placeOf(slot, part), [part.type === 'refusal' ? 'refusal' : 'text']: part.text, ...logprobs }];
}

export function closePart(state: RepairState, slot: ItemSlot, part: PartSlot): JsonObject[] {
  if (part.isDone) return [];
  const events = closePartText(state, slot, part);
  part.isDone = true;
  part.final = toPart(part, part.text);
  const type = part.group === 'summary' ? 'response.reasoning_summary_part.done' : 'response.content_part.done';
  noteChange(state, 'part-done', `${type} was added for part ${part.index} of ${slot.id}.`);
  return [...events, { type, ...placeOf(slot, part), part: part.final }];
}

/** Sends what `said` has more than the deltas, and the done event, for a call. */
export function closeCall(state: RepairState, slot: ItemSlot, said: string | undefined, isWhole: boolean): JsonObject[] {
  const call = callKindOf(slot.type);
  if (!call || slot.isTextDone) return [];
  const events = completeCall(state, slot, said, isWhole);
  slot.isTextDone = true;
  noteChange(state, 'part-done', `${call.event}.done was added for ${slot.id}.`);
  return [...events, { type: `${call.event}.done`, item_id: slot.id, output_index: slot.index, [call.field]: slot.text }];
}

export function completeCall(state: RepairState, slot: ItemSlot, said: string | undefined, isWhole: boolean): JsonObject[] {
  const full = said || (slot.text === '' ? slot.prefilled : '');
  const missing = missingText(slot.text, full);
  if (missing === undefined)
    noteUnrepairable(state, `the input of call ${slot.callId} differs between its deltas and its done; the deltas were kept`);
  else if (missing !== '')
    noteChange(state, 'content-has-deltas', `The input of call ${slot.callId} that came only in its done was sent as a delta.`);
  const events = callDelta(slot, missing ?? '');
  if (isWhole && slot.type === 'function_call' && slot.text === '') {
    noteChange(state, 'arguments-json', `The empty arguments of call ${slot.callId} became {}.`);
    events.push(...callDelta(slot, '{}'));
  }
  return events;
}

/**
 * The item as its done event and the final output show it: `base` with the identity and the content
 * that the client was sent. The same object when nothing differs.
 */
export function toFinalItem(state: RepairState, slot: ItemSlot, base: JsonObject | undefined, status: string): JsonObject {
  const start = base ?? slot.added ?? { type: slot.type };
  const call = callKindOf(slot.type);
  const keepStatus = base ? statusOf(base, status) : { status };
  if (call) {
    const item = withFields(start, {
      id: slot.id,
      type: slot.type,
      ...keepStatus,
      call_id: slot.callId,
      name: slot.name,
      [call.field]: slot.text,
    });
    if (call.field !== 'arguments' || item['status'] !== 'completed' || parseJson(slot.text) !== undefined) return item;
    noteUnrepairable(state, `the arguments of call ${slot.callId} are not JSON; the call is marked incomplete`);
    return { ...item, status: 'incomplete' };
  }
  if (slot.type === 'message') {
    return withFields(start, {
      id: slot.id,
      type: slot.type,
      ...keepStatus,
      role: asString(start['role']) || 'assistant',
      content: toParts(slot, 'content', start['content']),
    });
  }
  if (slot.type === 'reasoning') {
    const summary = toParts(slot, 'summary', start['summary']);
    if (slot.isRawShownAsSummary) {
      const { content: _, ...rest } = start;
      return { ...rest, id: slot.id, summary };
    }
    const hasContent = Array.isArray(start['content']) || slot.parts.some((part) => part.group === 'content');
    const content = hasContent ? { content: toParts(slot, 'content', start['content']) } : {};
    return withFields(start, { id: slot.id, summary, ...content });
  }
  return withFields(start, { id: slot.id, type: slot.type, ...(typeof start['status'] === 'string' && !base ? { status } : {}) });
}

/** The streamed parts, over what the stream says of them; the given array when it already agrees. */
function toParts(slot: ItemSlot, group: PartGroup, given: unknown): unknown[] {
  const list = asArray(given);
  const parts = slot.parts.filter((part) => part.group === group);
  const made: unknown[] = parts.map((part, position) => {
    const same = asObject(list[position]);
    return toPart(part, part.text, same['type'] === part.type ? same : part.final);
  });
  // An empty part that was never streamed carries nothing, so it may stay.
  made.push(
    ...list
      .slice(made.length)
      .map(asObject)
      .filter((part) => (part['text'] ?? part['refusal']) === ''),
  );
  const isSame = Array.isArray(given) && made.length === list.length && made.every((part, position) => part === list[position]);
  return isSame ? list : made;
}

/** Texts of an item's parts as the stream tells them at the end, with their group. */
export function partsOfItem(slot: ItemSlot, item: JsonObject): { group: PartGroup; type: string; text: string }[] {
  const read = (key: string, group: PartGroup): { group: PartGroup; type: string; text: string }[] =>
    asArray(item[key])
      .filter(isObject)
      .filter((part) => channelEvents[asString(part['type']) ?? ''] !== undefined)
      .map((part) => ({ group, type: asString(part['type']) as string, text: asString(part['text']) ?? asString(part['refusal']) ?? '' }));
  if (slot.type === 'message') return read('content', 'content');
  const raw = read('content', 'content');
  if (slot.isRawShownAsSummary) return raw.map(({ text }) => ({ group: 'summary', type: 'summary_text', text }));
  return [...read('summary', 'summary'), ...raw];
}
