/**
 * Everything about one step that does not depend on zoom: positions, lanes' events, silences, the
 * vertical plan. Cached per track and mode; when events are added, only those are looked at.
 */
import type { StepTrack } from '../step-track.ts';
import type { LaneEvents } from './bins.ts';
import { lowerBound, valueAt } from '../columns.ts';
import { flagLanes, toLaneEvents } from './lane-events.ts';
import type { Lane } from './lanes.ts';
import { layoutStep, type StepLayout } from './layout.ts';
import { nudgePx, toPositions, type Positions } from './positions.ts';
import { PAD_LEFT, type View } from './scale.ts';
import { findSilences, silenceLimitMs, type Silence } from './silence.ts';

export interface Scene {
  track: StepTrack;
  version: number;
  positions: Positions;
  laneEvents: LaneEvents[];
  silences: Silence[];
  /** A pause longer than this is bold in the table. */
  silenceLimitMs: number;
  layout: StepLayout;
}

const cache = new WeakMap<StepTrack, Map<string, Scene>>();

export function toScene(track: StepTrack, mode: 'time' | 'order'): Scene {
  const byMode = cache.get(track) ?? new Map<string, Scene>();
  cache.set(track, byMode);
  const known = byMode.get(mode);
  if (known !== undefined && known.version === track.version) return known;
  const positions = toPositions(track, mode, known?.positions);
  const laneEvents = toLaneEvents(track, positions, known?.laneEvents ?? [], known?.positions.count ?? 0);
  flagLanes(track, positions, laneEvents);
  const scene: Scene = {
    track,
    version: track.version,
    positions,
    laneEvents,
    silenceLimitMs: silenceLimitMs(track),
    silences: mode === 'time' ? findSilences(track) : [],
    layout: layoutStep(track, track.chunkCount > 0),
  };
  byMode.set(mode, scene);
  return scene;
}

export interface Frame {
  view: View;
  width: number;
  /** Mean distance of the events in sight. */
  pitchPx: number;
  /** First event in sight and the one after the last. */
  from: number;
  to: number;
}

export function toFrame(scene: Scene, view: View, width: number): Frame {
  const { positions } = scene;
  const from = lowerBound(positions.event, positions.count, view.start - PAD_LEFT / view.pxPerUnit);
  const to = lowerBound(positions.event, positions.count, view.start + (width - PAD_LEFT) / view.pxPerUnit);
  const span = to > from ? (valueAt(positions.event, to - 1) - valueAt(positions.event, from)) * view.pxPerUnit : 0;
  return { view, width, from, to, pitchPx: to - from < 2 ? 48 : span / (to - from - 1) };
}

/** Where an event is drawn, nudges included. */
export function eventPx(scene: Scene, frame: Frame, event: number): number {
  const base = PAD_LEFT + (valueAt(scene.positions.event, event) - frame.view.start) * frame.view.pxPerUnit;
  return base + nudgePx(scene.positions, event, frame.view.pxPerUnit);
}
export function chunkPx(scene: Scene, frame: Frame, chunk: number): number {
  return PAD_LEFT + (valueAt(scene.positions.chunk, chunk) - frame.view.start) * frame.view.pxPerUnit;
}

/** Where a lane's missing announcement should have come: the upstream block behind its first event. */
export function expectedOpenPx(scene: Scene, frame: Frame, lane: Lane): number {
  const first = eventPx(scene, frame, lane.firstEvent);
  const chunk = valueAt(scene.track.chunk, lane.firstEvent);
  const block = scene.track.upstream.blocks.findLast((candidate) => chunk >= 0 && candidate.openChunk <= chunk);
  if (block === undefined || block.openChunk >= scene.positions.chunkCount) return first - 34;
  return Math.min(chunkPx(scene, frame, block.openChunk) + 2, first - 20);
}

/** Vertical centre of an event's mark. */
export function eventY(scene: Scene, event: number): number {
  const { layout, track } = scene;
  const lane = valueAt(track.lane, event);
  if (lane < 0) return layout.rows.find((row) => row.kind === 'response')?.centre ?? 0;
  const row = layout.rowOfLane[lane];
  if (row === null || row === undefined) {
    return layout.rows.find((candidate) => candidate.quiet.some((quiet) => quiet.position === lane))?.centre ?? 0;
  }
  return track.isGhost[event] === 1 && row.ghostCentre !== null ? row.ghostCentre : row.centre;
}

/** The event whose mark is nearest to a point, or -1 when none is within reach. */
export function eventAt(scene: Scene, frame: Frame, point: { x: number; y: number }, reachPx = 10): number {
  const { x, y } = point;
  const row = scene.layout.rows.find((candidate) => y >= candidate.top && y < candidate.top + candidate.height);
  if (row === undefined) return -1;
  let best = -1;
  let bestDistance = reachPx;
  const reachUnits = (reachPx + 40) / frame.view.pxPerUnit;
  const unit = frame.view.start + (x - PAD_LEFT) / frame.view.pxPerUnit;
  const from = lowerBound(scene.positions.event, scene.positions.count, unit - reachUnits);
  for (let i = from; i < scene.positions.count && i < from + 5000; i += 1) {
    if (valueAt(scene.positions.event, i) > unit + reachUnits) break;
    const lane = valueAt(scene.track.lane, i);
    const isHere =
      row.kind === 'response'
        ? lane < 0
        : row.kind === 'upstream' || row.kind === 'axis'
          ? false
          : row.lane !== null
            ? row.lane.position === lane
            : row.quiet.some((quiet) => quiet.position === lane);
    if (!isHere) continue;
    const px = eventPx(scene, frame, i);
    const dy = row.ghostCentre === null ? 0 : Math.abs(eventY(scene, i) - y) * 0.5;
    const distance = Math.abs(px - x) + dy;
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best;
}

/** The chunk nearest to x on the upstream lane, or -1. */
export function chunkAt(scene: Scene, frame: Frame, x: number, reachPx = 8): number {
  const unit = frame.view.start + (x - PAD_LEFT) / frame.view.pxPerUnit;
  const near = lowerBound(scene.positions.chunk, scene.positions.chunkCount, unit);
  let best = -1;
  let bestDistance = reachPx;
  for (const chunk of [near - 1, near]) {
    if (chunk < 0 || chunk >= scene.positions.chunkCount) continue;
    const distance = Math.abs(chunkPx(scene, frame, chunk) - x);
    if (distance < bestDistance) {
      best = chunk;
      bestDistance = distance;
    }
  }
  return best;
}
