/** Words about events and items that were never announced: whose they should be, what is missing. Pure. */
import { valueAt } from '../columns.ts';
import { lookOf } from '../id-registry.ts';
import { splitId } from '../ids.ts';
import { add, type LabelContext } from './label-context.ts';
import type { Lane } from './lanes.ts';
import type { LaneRow } from './layout.ts';
import { eventPx, expectedOpenPx } from './scene.ts';

const MAX_GHOST_LABELS = 12;
const CLOSED = 'closed, never opened';

export function ghostLabels(context: LabelContext, row: LaneRow, lane: Lane): void {
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

export function ghostLaneLabels(context: LabelContext, row: LaneRow, lane: Lane): void {
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
    text: isClosed ? CLOSED : 'never opened',
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
      // at the right edge: left of the words that took that place
      { x: first - 24 - context.widthOf(CLOSED, 'ui'), y: row.centre + 20, anchor: 'right' },
    ],
  });
}
