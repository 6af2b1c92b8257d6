/**
 * One step's events as columns, filled page by page while they arrive: what the timeline, the table and
 * the id map read. Findings are laid over them as a severity per event. Owns no network and no drawing.
 */
import type { GatewayCall } from '../../proxy-core/protocol/api/control-api.ts';
import type { ChunkColumns } from '../../proxy-core/protocol/columns/chunk-columns.ts';
import type { ChunkFact } from '../../proxy-core/protocol/columns/chunk-facts.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { growFloat64, growInt32, growUint8, valueAt } from './columns.ts';
import { toIdKind } from './event-kind.ts';
import { noteUse, type IdUse } from './id-uses.ts';
import { createTextColumn, type TextColumn } from './text-column.ts';
import { createLaneBook, type LaneBook } from './timeline/lanes.ts';
import { createUpstreamBook, placeChunk, plainMark, type UpstreamBook } from './timeline/upstream-blocks.ts';

export const SEVERITY_RANK = { note: 1, warning: 2, error: 3 } as const;

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
  text: TextColumn;
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
  /** How many the bridge says there are, and said when they were read last. */
  findingTotal: number;
  findingsRead: number;
  /** Indexes into `findings`, per event. */
  findingsByEvent: Map<number, number[]>;
  /** The events with findings, in order. */
  flagged: Int32Array;
  /** Grows with every change, so that views know when to draw. */
  version: number;
}

/** Event types are interned once for all steps. */
const typeCodes = new Map<string, number>();
const typeNames: string[] = [];
export function typeName(code: number): string {
  return typeNames[code] ?? '';
}
export function internType(type: string): number {
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
    text: createTextColumn(),
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
    findingTotal: 0,
    findingsRead: 0,
    findingsByEvent: new Map(),
    flagged: new Int32Array(0),
    version: 0,
  };
}

/** Appends upstream chunks in order; those already there are skipped. */
export function appendChunks(track: StepTrack, page: ChunkColumns): void {
  const from = track.chunkCount;
  const to = page.first + page.count;
  track.chunkTotal = Math.max(track.chunkTotal, page.total, to);
  if (page.first > from || to <= from) return;
  const before = track.chunkEvent.length;
  track.chunkMs = growFloat64(track.chunkMs, track.chunkTotal);
  track.chunkEvent = growInt32(track.chunkEvent, track.chunkTotal);
  track.chunkEvent.fill(-1, before);
  const offsetUs = track.gateway?.offsetUs ?? 0;
  const plain = page.facts.map(plainMark);
  track.upstream.marks = growUint8(track.upstream.marks, track.chunkTotal);
  for (let at = from - page.first; at < page.count; at += 1) {
    const chunk = page.first + at;
    track.chunkMs[chunk] = (valueAt(page.tUs, at) + offsetUs) / 1000;
    const fact = valueAt(page.fact, at);
    const mark = plain[fact];
    if (mark !== null && mark !== undefined) track.upstream.marks[chunk] = mark;
    else takeChunk(track, chunk, page.facts[fact] ?? []);
  }
  track.chunkCount = to;
  linkEffects(track);
  track.version += 1;
}

function takeChunk(track: StepTrack, chunk: number, facts: readonly ChunkFact[]): void {
  for (const id of placeChunk(track.upstream, chunk, facts))
    noteUse(track.uses, { id, kind: toIdKind(id), column: 'chunk', at: chunk, isGhost: false });
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
export function linkEffects(track: StepTrack): void {
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
    const list = track.findingsByEvent.get(finding.event);
    if (list === undefined) track.findingsByEvent.set(finding.event, [position]);
    else list.push(position);
  });
  track.flagged = Int32Array.from(track.findingsByEvent.keys()).sort();
  for (const event of track.flagged) if (event < track.count) track.severity[event] = worstSeverity(track, event);
  track.version += 1;
}

/** The rank of the worst finding of an event; 0 when there is none. */
export function worstSeverity(track: StepTrack, event: number): number {
  const [first] = track.findingsByEvent.get(event) ?? [];
  // they are sorted, worst first
  const finding = first === undefined ? undefined : track.findings[first];
  return finding === undefined ? 0 : SEVERITY_RANK[finding.severity];
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
