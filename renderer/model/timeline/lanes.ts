/**
 * Which lane each event hangs on. One lane per announced item; an event whose id was never announced
 * hangs as a ghost under the open lane it belongs to (same output_index and kind, else same kind), and
 * where there is none it opens a lane of its own. Pure and incremental: live events are appended.
 */
import { MARK, type ItemKind, type Mark } from '../event-kind.ts';

export interface Lane {
  /** Position in the step's list of lanes. */
  position: number;
  kind: ItemKind;
  id: string;
  outputIndex: number | null;
  isAnnounced: boolean;
  name: string | null;
  /** Event indexes; -1 = did not happen. */
  openEvent: number;
  closeEvent: number;
  firstEvent: number;
  lastEvent: number;
  eventCount: number;
  /** Events with ids that this response never announced, hung under this lane. */
  ghosts: number[];
  ghostIds: Set<string>;
}

export interface LaneEvent {
  index: number;
  mark: Mark;
  kind: ItemKind;
  id: string | null;
  outputIndex: number | null;
  name: string | null;
}

/** Where an event went: lane -1 is the response lane. */
export interface LanePlace {
  lane: number;
  isGhost: boolean;
}

export interface LaneBook {
  lanes: Lane[];
  byId: Map<string, Lane>;
}

export function createLaneBook(): LaneBook {
  return { lanes: [], byId: new Map() };
}

const RESPONSE_LANE: LanePlace = { lane: -1, isGhost: false };

/** Places one event and updates the lanes. Events come in stream order. */
export function placeEvent(book: LaneBook, event: LaneEvent): LanePlace {
  if (event.kind === 'response') return RESPONSE_LANE;
  if (event.mark === MARK.itemOpen) return { lane: openLane(book, event).position, isGhost: false };
  if (event.id === null && event.outputIndex === null) return RESPONSE_LANE;

  const own = event.id === null ? undefined : book.byId.get(event.id);
  if (own !== undefined) {
    touch(own, event);
    return { lane: own.position, isGhost: false };
  }
  const host = findHost(book, event);
  if (host !== undefined) {
    if (event.id !== null) {
      host.ghosts.push(event.index);
      host.ghostIds.add(event.id);
    }
    touch(host, event);
    return { lane: host.position, isGhost: event.id !== null };
  }
  const lane = addLane(book, event, false);
  touch(lane, event);
  return { lane: lane.position, isGhost: false };
}

function openLane(book: LaneBook, event: LaneEvent): Lane {
  const lane = addLane(book, event, true);
  lane.openEvent = event.index;
  touch(lane, event);
  return lane;
}

function addLane(book: LaneBook, event: LaneEvent, isAnnounced: boolean): Lane {
  const lane: Lane = {
    position: book.lanes.length,
    kind: event.kind,
    id: event.id ?? '',
    outputIndex: event.outputIndex,
    isAnnounced,
    name: event.name,
    openEvent: -1,
    closeEvent: -1,
    firstEvent: event.index,
    lastEvent: event.index,
    eventCount: 0,
    ghosts: [],
    ghostIds: new Set(),
  };
  book.lanes.push(lane);
  if (event.id !== null) book.byId.set(event.id, lane);
  return lane;
}

function touch(lane: Lane, event: LaneEvent): void {
  lane.lastEvent = event.index;
  lane.eventCount += 1;
  if (lane.kind === 'other') lane.kind = event.kind;
  lane.name ??= event.name;
  if (event.mark === MARK.itemClose) lane.closeEvent = event.index;
}

/** The open lane an unannounced event belongs to; newest first, so that a reused index finds the live one. */
function findHost(book: LaneBook, event: LaneEvent): Lane | undefined {
  const fits = (lane: Lane): boolean =>
    lane.closeEvent < 0 && (event.kind === 'other' || lane.kind === event.kind || lane.kind === 'other');
  return (
    book.lanes.findLast((lane) => fits(lane) && (event.outputIndex === null || lane.outputIndex === event.outputIndex)) ??
    book.lanes.findLast((lane) => lane.isAnnounced && event.kind !== 'other' && lane.closeEvent < 0 && lane.kind === event.kind)
  );
}
