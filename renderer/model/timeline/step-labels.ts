/**
 * What the timeline says in words about one step, and where each text would like to stand. The placing
 * itself (no overlaps, what to drop) is labels.ts. Pure: text widths come in as a function.
 */
import { lowerBound, valueAt } from '../columns.ts';
import { lookOf } from '../id-registry.ts';
import { splitId } from '../ids.ts';
import { MARK } from '../event-kind.ts';
import { textAt } from '../text-column.ts';
import { toDensity } from './bins.ts';
import { ghostLabels, ghostLaneLabels } from './ghost-labels.ts';
import { add, isInView, type LabelContext, type LabelInput, type StepLabels } from './label-context.ts';
import type { LabelWish } from './labels.ts';
import type { Lane } from './lanes.ts';
import type { LaneRow } from './layout.ts';
import { toPx, toUnit } from './scale.ts';
import { chunkPx, eventPx } from './scene.ts';
import { stackLabels } from './stack-labels.ts';

export function toStepLabels(input: LabelInput): StepLabels {
  const { scene } = input;
  const context: LabelContext = { ...input, wishes: [], obstacles: [] };
  for (const row of scene.layout.rows) {
    if (row.kind === 'upstream') upstreamLabels(context, row);
    else if (row.kind === 'response') responseLabels(context, row);
    else if (row.lane !== null && row.lane.isAnnounced) itemLabels(context, row, row.lane);
    else if (row.lane !== null) ghostLaneLabels(context, row, row.lane);
  }
  stackLabels(context);
  silenceLabels(context);
  return context;
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
  const end = eventPx(scene, frame, valueAt(lane.event, lane.length - 1));
  add(context, {
    key: 'response',
    kind: 'id',
    text: look.label,
    tone: 'ink',
    font: 'mono',
    anchor: 'left',
    id: first.id,
    hasMask: true,
    owner: 'response',
    places: [
      { x: Math.max(4, left), y: row.centre },
      { x: end + 12, y: row.centre },
      { x: left - 40, y: row.centre, anchor: 'right' },
    ],
  });
  context.obstacles.push({ left: end - 8, right: end + 4, top: row.top, bottom: row.top + row.height });
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
  if (endX < 0 || openX > frame.width) {
    awayLabel(context, row, lane, endX < 0 ? 'left' : 'right');
    if (row.ghostCentre !== null) ghostLabels(context, row, lane);
    return;
  }
  const places: LabelWish['places'] = [
    { x: openX - 20, y: row.centre, anchor: 'right' },
    ...(openX < 4 ? [] : [{ x: openX + 2, y: row.centre - 16.5, anchor: 'left' as const }]),
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

/** The whole item lies outside of what is in sight: its name stands at that edge. */
function awayLabel(context: LabelContext, row: LaneRow, lane: Lane, side: 'left' | 'right'): void {
  const { label } = lookOf(context.registry, lane.id);
  add(context, {
    key: `id-${lane.position}`,
    kind: 'id',
    text: side === 'left' ? `‹ ${label}` : `${label} ›`,
    tone: 'ink3',
    font: 'mono',
    anchor: side,
    id: lane.id,
    event: side === 'left' ? lane.lastEvent : lane.firstEvent,
    places: [{ x: side === 'left' ? 6 : context.frame.width - 6, y: row.centre }],
  });
}

/** Close enough to read: every delta shows its text, above the line and to the right of its tick. */
function deltaTexts(context: LabelContext, row: LaneRow, lane: Lane): void {
  const { scene, frame } = context;
  if (toDensity(frame.pitchPx) !== 'text' || row.ghostCentre !== null) return;
  const events = scene.laneEvents[lane.position];
  if (events === undefined) return;
  const first = lowerBound(events.at, events.length, toUnit(frame.view, -20));
  for (let k = first; k < events.length && valueAt(events.event, k) < frame.to; k += 1) {
    const event = valueAt(events.event, k);
    if (event < frame.from || scene.track.mark[event] !== MARK.delta) continue;
    const text = textAt(scene.track.text, event).trim();
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
