/**
 * Puts a page of event columns into a track: lanes, ids, marks. No object per event: in a run of deltas of
 * one item an event is a few numbers.
 */
import type { EventColumns } from '../../proxy-core/protocol/columns/event-columns.ts';
import type { ItemFacts } from '../../proxy-core/protocol/columns/event-facts.ts';
import { growFloat64, growInt32, growUint8, valueAt } from './columns.ts';
import { MARK, toEventKind, toItemKind, toMark, type ItemKind, type Mark } from './event-kind.ts';
import { columnOf, noteUse } from './id-uses.ts';
import { internType, linkEffects, worstSeverity, type StepTrack } from './step-track.ts';
import { appendTexts } from './text-column.ts';
import { placeEvent, type Lane } from './timeline/lanes.ts';

interface PageType {
  code: number;
  mark: Mark;
  kind: ItemKind;
}

/** Deltas that follow one another on one lane. */
interface Run {
  lane: Lane;
  /** Where the id's uses as a delta are kept. */
  places: number[];
}

/** Stands for an event that the recorder had to drop. */
const DROPPED_TYPE = 'not recorded';

/** Appends events in stream order; those already there are skipped. */
export function appendEvents(track: StepTrack, page: EventColumns): void {
  const from = track.count - page.first;
  track.total = Math.max(track.total, page.total, page.first + page.count);
  if (from < 0 || from >= page.count) return;
  reserve(track, track.total);
  const types = page.types.map((type): PageType => {
    const name = type === '' ? DROPPED_TYPE : type;
    return { code: internType(name), mark: toMark(name), kind: toEventKind(name) };
  });
  const ids = page.ids.map((id) => codeOf(track, id));
  let nextMore = page.more.findIndex(({ at }) => at >= from);
  if (nextMore < 0) nextMore = page.more.length;
  for (let at = from; at < page.count; at += 1) track.tMs[page.first + at] = valueAt(page.tUs, at) / 1000;
  track.chunk.set(page.chunk.subarray(from), track.count);
  let at = from;
  while (at < page.count) {
    const more = page.more[nextMore];
    const facts = more?.at === at ? more.facts : undefined;
    if (facts !== undefined) nextMore += 1;
    const pageId = valueAt(page.id, at);
    const outputIndex = valueAt(page.outputIndex, at);
    const type = types[valueAt(page.type, at)] ?? UNKNOWN_TYPE;
    const event = track.count;
    const run = place(track, event, { type, id: page.ids[pageId] ?? null, outputIndex, facts });
    const end = run === null ? at + 1 : runEnd(page, at, page.more[nextMore]?.at ?? page.count);
    const eventEnd = page.first + end;
    track.type.fill(type.code, event, eventEnd);
    track.mark.fill(type.mark, event, eventEnd);
    track.id.fill(pageId < 0 ? -1 : (ids[pageId] ?? -1), event, eventEnd);
    track.outputIndex.fill(outputIndex, event, eventEnd);
    if (run !== null) continueRun(track, run, event, eventEnd);
    track.count = eventEnd;
    at = end;
  }
  appendTexts(track.text, page.text, page.textEnd, from);
  for (const event of track.flagged) if (event < track.count) track.severity[event] = worstSeverity(track, event);
  linkEffects(track);
  track.version += 1;
}

const UNKNOWN_TYPE: PageType = { code: 0, mark: MARK.other, kind: 'other' };

/** The first event from `at` on that is not like it; `limit` is one that says more. */
function runEnd(page: EventColumns, at: number, limit: number): number {
  const { type, id, outputIndex } = page;
  let end = at + 1;
  while (end < limit && type[end] === type[at] && id[end] === id[at] && outputIndex[end] === outputIndex[at]) end += 1;
  return end;
}

/** The events behind the first one of a run go where that one went. */
function continueRun(track: StepTrack, { lane, places }: Run, first: number, end: number): void {
  track.lane.fill(lane.position, first + 1, end);
  track.isGhost.fill(0, first + 1, end);
  lane.eventCount += end - first - 1;
  lane.lastEvent = end - 1;
  for (let event = first + 1; event < end; event += 1) places.push(event);
}

/** @returns where deltas like this one go on without another look; null when each has to be looked at. */
function place(
  track: StepTrack,
  event: number,
  seen: { type: PageType; id: string | null; outputIndex: number; facts: ItemFacts | undefined },
): Run | null {
  const { id, facts } = seen;
  const { mark } = seen.type;
  const kind = facts?.itemType === undefined ? seen.type.kind : toItemKind(facts.itemType ?? undefined);
  const { lane, isGhost } = placeEvent(track.lanes, {
    index: event,
    mark,
    kind,
    id,
    outputIndex: seen.outputIndex < 0 ? null : seen.outputIndex,
    name: facts?.name ?? null,
  });
  track.lane[event] = lane;
  track.isGhost[event] = isGhost ? 1 : 0;
  if (facts?.callId !== undefined) track.callIds.add(facts.callId);
  const places = id === null ? null : noteUse(track.uses, { id, kind, column: columnOf(mark), at: event, isGhost });
  for (const [finalId, type] of facts?.final ?? [])
    noteUse(track.uses, { id: finalId, kind: toItemKind(type ?? undefined), column: 'final', at: event, isGhost: false });
  if (lane === -1 && kind === 'response' && id !== null && track.responseIds.at(-1)?.id !== id) track.responseIds.push({ id, event });
  const own = track.lanes.lanes[lane];
  return mark === MARK.delta && !isGhost && own !== undefined && places !== null ? { lane: own, places } : null;
}

function codeOf(track: StepTrack, id: string): number {
  const known = track.idCodes.get(id);
  if (known !== undefined) return known;
  track.idCodes.set(id, track.ids.length);
  track.ids.push(id);
  return track.ids.length - 1;
}

function reserve(track: StepTrack, capacity: number): void {
  track.tMs = growFloat64(track.tMs, capacity);
  track.type = growInt32(track.type, capacity);
  track.mark = growUint8(track.mark, capacity);
  track.id = growInt32(track.id, capacity);
  track.outputIndex = growInt32(track.outputIndex, capacity);
  track.chunk = growInt32(track.chunk, capacity);
  track.lane = growInt32(track.lane, capacity);
  track.isGhost = growUint8(track.isGhost, capacity);
  track.severity = growUint8(track.severity, capacity);
}
