/**
 * One step's events as columns, filled page by page while they arrive: what the timeline, the table and
 * the id map read. Findings are laid over them as a severity per event. Owns no network and no drawing.
 */
import type { ChunkRow, EventRow, GatewayCall } from '../../proxy-core/protocol/api/control-api.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { growFloat64, growInt32, growUint8, valueAt } from './columns.ts';
import { toEventFacts } from './event-facts.ts';
import { MARK, toIdKind, type ItemKind } from './event-kind.ts';
import { createLaneBook, placeEvent, type LaneBook } from './timeline/lanes.ts';
import { createUpstreamBook, placeChunk, type UpstreamBook } from './timeline/upstream-blocks.ts';

export const SEVERITY_RANK = { note: 1, warning: 2, error: 3 } as const;

/** Where an id was seen in a step. */
export type IdColumn = 'input' | 'chunk' | 'added' | 'delta' | 'done' | 'final';
export interface IdUse {
  id: string;
  kind: ItemKind;
  isAnnounced: boolean;
  /** True when it has a lane of its own, announced or not. */
  hasLane: boolean;
  /** Infinity for ids that only the upstream or the request names. */
  firstEvent: number;
  /** Event indexes per column; chunk and input hold chunk indexes and positions in the input. */
  columns: Partial<Record<IdColumn, number[]>>;
}

export interface StepTrack {
  stepId: string;
  /** Events read so far, and what the bridge says there are. */
  count: number;
  total: number;
  tMs: Float64Array;
  type: Int32Array;
  mark: Uint8Array;
  id: Int32Array;
  outputIndex: Int32Array;
  chunk: Int32Array;
  lane: Int32Array;
  isGhost: Uint8Array;
  severity: Uint8Array;
  text: string[];
  ids: string[];
  idCodes: Map<string, number>;
  uses: Map<string, IdUse>;
  lanes: LaneBook;
  /** call_ids of the calls that this step made. */
  callIds: Set<string>;
  /** Response ids in order of appearance, with the event that brought each. */
  responseIds: { id: string; event: number }[];
  /** Set when the upstream lane shows what the gateway behind this step got, not what it sent. */
  gateway: GatewayCall | null;
  chunkCount: number;
  chunkTotal: number;
  chunkMs: Float64Array;
  upstream: UpstreamBook;
  /** First event that each chunk caused; -1 when none. */
  chunkEvent: Int32Array;
  /** Events before this one are tied to their chunks. */
  linked: number;
  findings: Finding[];
  /** False until the bridge was asked for findings. */
  hasFindings: boolean;
  /** Indexes into `findings`, per event. */
  findingsByEvent: Map<number, number[]>;
  /** Grows with every change, so that views know when to draw. */
  version: number;
}

/** Event types are interned once for all steps. */
const typeCodes = new Map<string, number>();
const typeNames: string[] = [];
export function typeName(code: number): string {
  return typeNames[code] ?? '';
}
function internType(type: string): number {
  const known = typeCodes.get(type);
  if (known !== undefined) return known;
  typeCodes.set(type, typeNames.length);
  typeNames.push(type);
  return typeNames.length - 1;
}

export function createStepTrack(stepId: string): StepTrack {
  return {
    stepId,
    count: 0,
    total: 0,
    tMs: new Float64Array(0),
    type: new Int32Array(0),
    mark: new Uint8Array(0),
    id: new Int32Array(0),
    outputIndex: new Int32Array(0),
    chunk: new Int32Array(0),
    lane: new Int32Array(0),
    isGhost: new Uint8Array(0),
    severity: new Uint8Array(0),
    text: [],
    ids: [],
    idCodes: new Map(),
    uses: new Map(),
    lanes: createLaneBook(),
    callIds: new Set(),
    responseIds: [],
    gateway: null,
    chunkCount: 0,
    chunkTotal: 0,
    chunkMs: new Float64Array(0),
    upstream: createUpstreamBook(),
    chunkEvent: new Int32Array(0),
    linked: 0,
    findings: [],
    hasFindings: false,
    findingsByEvent: new Map(),
    version: 0,
  };
}

/** Appends events in stream order; those already there are skipped. */
export function appendEvents(track: StepTrack, rows: readonly EventRow[]): void {
  reserve(track, track.count + rows.length);
  for (const row of rows) {
    if (row.index < track.count) continue;
    appendEvent(track, row);
  }
  linkEffects(track);
  track.version += 1;
}

function appendEvent(track: StepTrack, row: EventRow): void {
  const index = track.count;
  const facts = toEventFacts(row);
  const place = placeEvent(track.lanes, {
    index,
    mark: facts.mark,
    kind: facts.kind,
    id: facts.id,
    outputIndex: row.outputIndex,
    name: facts.name,
  });
  track.tMs[index] = row.tUs / 1000;
  track.type[index] = internType(row.type);
  track.mark[index] = facts.mark;
  track.id[index] = facts.id === null ? -1 : codeOf(track, facts.id);
  track.outputIndex[index] = row.outputIndex ?? -1;
  track.chunk[index] = row.chunkIndex ?? -1;
  track.lane[index] = place.lane;
  track.isGhost[index] = place.isGhost ? 1 : 0;
  track.severity[index] = 0;
  track.text[index] = facts.text;
  if (facts.id !== null)
    noteUse(track, { id: facts.id, kind: facts.kind, column: columnOf(facts.mark), at: index, isGhost: place.isGhost });
  if (place.lane === -1 && facts.kind === 'response' && facts.id !== null) {
    if (track.responseIds.at(-1)?.id !== facts.id) track.responseIds.push({ id: facts.id, event: index });
  }
  if (facts.callId !== null) track.callIds.add(facts.callId);
  for (const item of facts.final) noteUse(track, { ...item, column: 'final', at: index, isGhost: false });
  track.count += 1;
  if (track.total < track.count) track.total = track.count;
}

function columnOf(mark: number): IdColumn {
  if (mark === MARK.itemOpen || mark === MARK.created || mark === MARK.progress || mark === MARK.partOpen) return 'added';
  if (mark === MARK.delta || mark === MARK.other) return 'delta';
  if (mark === MARK.terminal) return 'final';
  return 'done';
}

function codeOf(track: StepTrack, id: string): number {
  const known = track.idCodes.get(id);
  if (known !== undefined) return known;
  track.idCodes.set(id, track.ids.length);
  track.ids.push(id);
  return track.ids.length - 1;
}

/** Counts one use of an id in a column of the id map. */
export function noteUse(track: StepTrack, seen: { id: string; kind: ItemKind; column: IdColumn; at: number; isGhost: boolean }): void {
  const { id, kind, column, at, isGhost } = seen;
  let use = track.uses.get(id);
  if (use === undefined) {
    const known = kind === 'other' ? toIdKind(id) : kind;
    use = { id, kind: known, isAnnounced: false, hasLane: false, firstEvent: Infinity, columns: {} };
    track.uses.set(id, use);
  }
  const list = (use.columns[column] ??= []);
  list.push(at);
  if (column !== 'chunk' && column !== 'input') use.firstEvent = Math.min(use.firstEvent, at);
  if (column === 'added') use.isAnnounced = true;
  if ((column === 'added' || column === 'delta' || column === 'done') && !isGhost) use.hasLane = true;
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

/** Appends upstream chunks in order. */
export function appendChunks(track: StepTrack, rows: readonly ChunkRow[]): void {
  const from = track.chunkCount;
  track.chunkMs = growFloat64(track.chunkMs, from + rows.length);
  const before = track.chunkEvent.length;
  track.chunkEvent = growInt32(track.chunkEvent, from + rows.length);
  track.chunkEvent.fill(-1, before);
  for (const row of rows) {
    if (row.index < track.chunkCount) continue;
    track.chunkMs[track.chunkCount] = (row.tUs + (track.gateway?.offsetUs ?? 0)) / 1000;
    for (const id of placeChunk(track.upstream, row.index, row.text))
      noteUse(track, { id, kind: toIdKind(id), column: 'chunk', at: row.index, isGhost: false });
    track.chunkCount += 1;
  }
  linkEffects(track);
  track.chunkTotal = Math.max(track.chunkTotal, track.chunkCount);
  track.version += 1;
}

/** The lane's chunks come from elsewhere from now on; those of before are dropped, and loaded anew. */
export function setGateway(track: StepTrack, gateway: GatewayCall | null): void {
  if (track.gateway?.stepId === gateway?.stepId) return;
  track.gateway = gateway;
  track.chunkCount = 0;
  track.chunkTotal = 0;
  track.chunkMs = new Float64Array(0);
  track.chunkEvent = new Int32Array(0);
  track.upstream = createUpstreamBook();
  track.linked = 0;
  if (gateway !== null) track.chunk.fill(-1);
  for (const use of track.uses.values()) delete use.columns.chunk;
  track.version += 1;
}

/** Finds each new chunk's first effect; chunk indexes rise with the events, so every event is looked at once. */
function linkEffects(track: StepTrack): void {
  if (track.gateway !== null) return tieByTime(track);
  while (track.linked < track.count) {
    const chunk = valueAt(track.chunk, track.linked);
    if (chunk >= track.chunkCount) return;
    if (chunk >= 0 && track.chunkEvent[chunk] === -1) track.chunkEvent[chunk] = track.linked;
    track.linked += 1;
  }
}

/** Nobody tells which chunk a gateway made an event from: it is taken to be the last one that it had by then. */
function tieByTime(track: StepTrack): void {
  let chunk = -1;
  track.chunkEvent.fill(-1);
  for (let event = 0; event < track.count; event += 1) {
    const at = valueAt(track.tMs, event);
    while (chunk + 1 < track.chunkCount && valueAt(track.chunkMs, chunk + 1) <= at) chunk += 1;
    track.chunk[event] = chunk;
    if (chunk >= 0 && track.chunkEvent[chunk] === -1) track.chunkEvent[chunk] = event;
  }
}

/** Lays the findings over the events; worst severity wins. */
export function setFindings(track: StepTrack, findings: readonly Finding[]): void {
  track.hasFindings = true;
  track.findings = sortFindings(findings);
  track.findingsByEvent = new Map();
  track.severity.fill(0);
  track.findings.forEach((finding, position) => {
    if (finding.event === null) return;
    const list = track.findingsByEvent.get(finding.event) ?? [];
    list.push(position);
    track.findingsByEvent.set(finding.event, list);
    if (finding.event < track.severity.length) {
      track.severity[finding.event] = Math.max(valueAt(track.severity, finding.event), SEVERITY_RANK[finding.severity]);
    }
  });
  track.version += 1;
}

/** Errors first, then the rule with most findings, then stream order: the order n and Shift+N walk. */
function sortFindings(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(finding.rule, (counts.get(finding.rule) ?? 0) + 1);
  return [...findings].sort(
    (a, b) =>
      SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] ||
      (counts.get(b.rule) ?? 0) - (counts.get(a.rule) ?? 0) ||
      a.rule.localeCompare(b.rule) ||
      (a.event ?? -1) - (b.event ?? -1),
  );
}
