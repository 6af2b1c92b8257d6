/**
 * What the timeline says in words about one step, and where each text would like to stand. The placing
 * itself (no overlaps, what to drop) is labels.ts. Pure: text widths come in as a function.
 */
import { valueAt } from '../columns.ts';
import type { IdRegistry } from '../id-registry.ts';
import { lookOf } from '../id-registry.ts';
import { splitId } from '../ids.ts';
import { MARK } from '../event-kind.ts';
import { toDensity } from './bins.ts';
import type { Box, LabelWish } from './labels.ts';
import type { Lane } from './lanes.ts';
import type { LaneRow } from './layout.ts';
import { toPx } from './scale.ts';
import { chunkPx, eventPx, expectedOpenPx, type Frame, type Scene } from './scene.ts';

export type WidthOf = (text: string, font: 'ui' | 'mono') => number;

const MAX_GHOST_LABELS = 12;
const GLYPH_PX = 14;

export interface StepLabels {
  wishes: LabelWish[];
  obstacles: Box[];
}

export interface LabelInput {
  scene: Scene;
  frame: Frame;
  registry: IdRegistry;
  widthOf: WidthOf;
  isNarrow: boolean;
}

export function toStepLabels(input: LabelInput): StepLabels {
  const { scene } = input;
  const context: LabelContext = { ...input, wishes: [], obstacles: [] };
  for (const row of scene.layout.rows) {
    if (row.kind === 'upstream') upstreamLabels(context, row);
    else if (row.kind === 'response') responseLabels(context, row);
    else if (row.lane !== null && row.lane.isAnnounced) itemLabels(context, row, row.lane);
    else if (row.lane !== null) ghostLaneLabels(context, row, row.lane);
  }
  silenceLabels(context);
  return context;
}

type LabelContext = LabelInput & StepLabels;

function isInView(frame: Frame, x: number): boolean {
  return x >= -20 && x <= frame.width + 20;
}

function add(context: LabelContext, wish: Omit<LabelWish, 'widthOf' | 'height'>): void {
  const extra = (wish.hasGlyph === true ? GLYPH_PX : 0) + (wish.hasMask === true ? 8 : 0);
  context.wishes.push({ ...wish, height: 15, widthOf: (text) => context.widthOf(text, wish.font) + extra });
}

function upstreamLabels(context: LabelContext, row: LaneRow): void {
  const { scene, frame } = context;
  scene.track.upstream.blocks.forEach((block, i) => {
    const left = chunkPx(scene, frame, block.openChunk);
    const end = block.closeChunk < 0 ? scene.positions.chunkCount - 1 : block.closeChunk;
    const room = chunkPx(scene, frame, end) - left;
    if (!isInView(frame, left) || room < context.widthOf(block.label, 'ui') + 14) return;
    add(context, {
      key: `block-${i}`,
      kind: 'cause',
      text: block.label,
      tone: 'ink2',
      font: 'ui',
      anchor: 'left',
      places: [{ x: left + 8, y: row.centre }],
    });
  });
  const stop = scene.track.upstream.stopReason;
  if (stop !== null && stop.chunk < scene.positions.chunkCount) {
    const last = chunkPx(scene, frame, scene.positions.chunkCount - 1);
    add(context, {
      key: 'stop',
      kind: 'cause',
      text: stop.label,
      tone: 'ink2',
      font: 'ui',
      anchor: 'left',
      places: [{ x: last + 7, y: row.centre }],
    });
  }
}

function responseLabels(context: LabelContext, row: LaneRow): void {
  const { scene, frame, registry } = context;
  const { responseIds } = scene.track;
  const lane = scene.laneEvents.at(-1);
  const first = responseIds[0];
  if (lane === undefined || lane.length === 0 || first === undefined) return;
  const left = eventPx(scene, frame, first.event) + (scene.track.mark[first.event] === MARK.created ? 24 : 12);
  const look = lookOf(registry, first.id);
  add(context, {
    key: 'response',
    kind: 'id',
    text: look.label,
    tone: 'ink',
    font: 'mono',
    anchor: 'left',
    id: first.id,
    hasMask: true,
    places: [{ x: Math.max(4, left), y: row.centre }],
  });
  context.obstacles.push({ left: left - 30, right: left - 4, top: row.top, bottom: row.top + row.height });
  responseIds.slice(1).forEach(({ id, event }, i) => {
    const changed = lookOf(registry, id);
    const x = eventPx(scene, frame, event) - 20;
    const head = `${splitId(id).namespace}${splitId(id).body.slice(0, 4)}…`;
    const text =
      changed.decoded === null ? `id changes to ${changed.label}` : `id changes: ${head} wraps ${changed.label.replace('·b64', '')}`;
    add(context, {
      key: `change-${i}`,
      kind: 'ghost-text',
      text: context.isNarrow ? 'id changes' : text,
      shorter: ['id changes'],
      tone: 'err',
      font: 'ui',
      anchor: 'right',
      id,
      event,
      hasMask: true,
      places: [{ x, y: row.centre }],
    });
  });
}

function itemLabels(context: LabelContext, row: LaneRow, lane: Lane): void {
  const { scene, frame, registry } = context;
  const look = lookOf(registry, lane.id);
  const openX = eventPx(scene, frame, lane.openEvent);
  const endX = eventPx(scene, frame, lane.lastEvent);
  context.obstacles.push({ owner: `id-${lane.position}`, left: openX - 18, right: endX + 8, top: row.centre - 8, bottom: row.centre + 8 });
  const places: LabelWish['places'] = [
    { x: openX - 20, y: row.centre, anchor: 'right' },
    { x: Math.max(4, openX + 9), y: row.centre - 6.5, anchor: 'left', isOnOwn: true },
  ];
  add(context, {
    key: `id-${lane.position}`,
    kind: 'id',
    text: look.label,
    tone: 'ink',
    font: 'mono',
    anchor: 'right',
    id: lane.id,
    event: lane.openEvent,
    places,
  });
  deltaTexts(context, row, lane);
  if (row.ghostCentre !== null) ghostLabels(context, row, lane);
}

/** Close enough to read: every delta shows its text, above the line and to the right of its tick. */
function deltaTexts(context: LabelContext, row: LaneRow, lane: Lane): void {
  const { scene, frame } = context;
  if (toDensity(frame.pitchPx) !== 'text' || row.ghostCentre !== null) return;
  const events = scene.laneEvents[lane.position];
  if (events === undefined) return;
  for (let k = 0; k < events.length; k += 1) {
    const event = valueAt(events.event, k);
    if (event < frame.from || event >= frame.to || scene.track.mark[event] !== MARK.delta) continue;
    const text = (scene.track.text[event] ?? '').trim();
    if (text === '' || text.length > 24) continue;
    add(context, {
      key: `delta-${event}`,
      kind: 'silence',
      text,
      tone: 'ink2',
      font: 'ui',
      anchor: 'left',
      event,
      places: [{ x: eventPx(scene, frame, event) + 4, y: row.centre - 15.5 }],
    });
  }
}

function ghostLabels(context: LabelContext, row: LaneRow, lane: Lane): void {
  const { scene, frame, registry } = context;
  const centre = row.ghostCentre!;
  const inView = lane.ghosts.filter((event) => event >= frame.from && event < frame.to);
  const right = eventPx(scene, frame, lane.ghosts.at(-1) ?? lane.firstEvent) + 29;
  const left = eventPx(scene, frame, lane.ghosts[0] ?? lane.firstEvent) - 25;
  const expected = lookOf(registry, lane.id).label;
  const count = lane.ghosts.length;
  const text = count === 1 ? `should carry ${expected}` : `all ${count} should carry ${expected}`;
  add(context, {
    key: `ghost-text-${lane.position}`,
    kind: 'ghost-text',
    text,
    shorter: [`should be ${expected}`],
    tone: 'err',
    font: 'ui',
    anchor: 'left',
    id: lane.id,
    event: lane.ghosts[0] ?? lane.firstEvent,
    places: [
      { x: right, y: centre + 5 },
      { x: left, y: centre + 5, anchor: 'right' },
      { x: Math.min(frame.width - 6, right - 34), y: row.top + row.height - 9, anchor: 'right' },
    ],
  });
  if (inView.length > MAX_GHOST_LABELS) {
    const middle = (eventPx(scene, frame, inView[0] ?? 0) + eventPx(scene, frame, inView.at(-1) ?? 0)) / 2;
    add(context, {
      key: `ghost-count-${lane.position}`,
      kind: 'id',
      text: `${lane.ghostIds.size} ids`,
      tone: 'ink2',
      font: 'ui',
      anchor: 'centre',
      places: [{ x: middle, y: centre + 16 }],
    });
    return;
  }
  for (const event of inView) {
    const id = scene.track.ids[valueAt(scene.track.id, event)] ?? '';
    const { body } = splitId(lookOf(registry, id).label);
    add(context, {
      key: `ghost-${event}`,
      kind: 'id',
      text: body.slice(0, 4),
      tone: 'ink2',
      font: 'mono',
      anchor: 'centre',
      id,
      event,
      places: [{ x: eventPx(scene, frame, event), y: centre + 15.5 }],
    });
  }
}

function ghostLaneLabels(context: LabelContext, row: LaneRow, lane: Lane): void {
  const { scene, frame, registry } = context;
  const first = eventPx(scene, frame, lane.firstEvent);
  const end = eventPx(scene, frame, lane.closeEvent >= 0 ? lane.closeEvent : lane.lastEvent);
  const look = lookOf(registry, lane.id);
  const long = `missing: output_item.added, ${lane.kind === 'call' ? 'function_call' : lane.kind}, index ${row.number}`;
  const shorter = ['missing: output_item.added', 'missing: added'];
  context.obstacles.push({
    left: Math.min(first, expectedOpenPx(scene, frame, lane)) - 10,
    right: end + 6,
    top: row.centre - 8,
    bottom: row.centre + 8,
  });
  add(context, {
    key: `missing-${lane.position}`,
    kind: 'ghost-text',
    text: context.isNarrow ? 'missing: added' : long,
    shorter,
    tone: 'err',
    font: 'ui',
    anchor: 'right',
    event: lane.firstEvent,
    places: [
      { x: expectedOpenPx(scene, frame, lane) - 16, y: row.centre },
      { x: end + 20, y: row.centre, anchor: 'left' },
    ],
  });
  const isClosed = lane.closeEvent >= 0;
  add(context, {
    key: `closed-${lane.position}`,
    kind: 'ghost-text',
    text: isClosed ? 'closed, never opened' : 'never opened',
    shorter: [],
    tone: 'err',
    font: 'ui',
    anchor: 'right',
    event: isClosed ? lane.closeEvent : lane.lastEvent,
    places: [
      { x: Math.max(end + 2, first + 232), y: row.centre + 20 },
      { x: first - 12, y: row.centre + 20, anchor: 'right' },
    ],
  });
  add(context, {
    key: `id-${lane.position}`,
    kind: 'id',
    text: look.label,
    tone: 'ink',
    font: 'mono',
    anchor: 'left',
    id: lane.id,
    event: lane.firstEvent,
    hasGlyph: true,
    places: [
      { x: Math.max(4, first - 2), y: row.centre + 20 },
      { x: first - 6, y: row.centre + 20, anchor: 'right' },
    ],
  });
}

/** In the first lane that is free there: the response lane's line may be covered, an item's may not. */
function silenceLabels(context: LabelContext): void {
  const { scene, frame } = context;
  const rows = scene.layout.rows.filter((row) => row.kind === 'response' || row.kind === 'item' || row.kind === 'ghost-item');
  for (const silence of scene.silences) {
    const from = toPx(frame.view, silence.fromMs);
    const to = toPx(frame.view, silence.toMs);
    if (to - from < 40) continue;
    const ms = silence.toMs - silence.fromMs;
    const short = ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
    const fits = to - from > context.widthOf(`${short} silent`, 'ui') + 16;
    add(context, {
      key: `silence-${silence.event}`,
      kind: 'silence',
      text: fits && !context.isNarrow ? `${short} silent` : short,
      tone: 'ink2',
      font: 'ui',
      anchor: 'centre',
      hasMask: true,
      event: silence.event,
      title:
        silence.heldChunks > 0 ? `${silence.heldChunks} upstream chunks came meanwhile and were held` : 'no upstream chunk came meanwhile',
      places: rows.map((row) => ({ x: (Math.max(0, from) + Math.min(frame.width, to)) / 2, y: row.centre })),
    });
  }
}
