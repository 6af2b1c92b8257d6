/**
 * One look per id in a whole session: a palette slot in order of first appearance, a glyph by kind, the
 * short label, and whether it was ever announced. Derived from the steps, so live and reopened agree.
 */
import { toIdKind, type ItemKind } from './event-kind.ts';
import { decodeId, isForeignId, toShortLabels } from './ids.ts';
import type { StepTrack } from './step-track.ts';

export interface IdLook {
  id: string;
  label: string;
  kind: ItemKind;
  /** 1..8; 0 = ink (responses, upstream-only ids); -1 = error red (one-off orphans). */
  slot: number;
  isAnnounced: boolean;
  isForeign: boolean;
  decoded: string | null;
}

export interface IdRegistry {
  looks: Map<string, IdLook>;
}

export const PALETTE_SIZE = 8;
export const EMPTY_REGISTRY: IdRegistry = { looks: new Map() };

/** Builds the registry of a session; steps come in order. The one of before is kept while no look changes. */
export function buildIdRegistry(tracks: readonly StepTrack[], before: IdRegistry = EMPTY_REGISTRY): IdRegistry {
  const looks = new Map<string, IdLook>();
  let nextSlot = 0;
  for (const track of tracks) {
    const uses = [...track.uses.values()].sort(byFirstEvent);
    for (const use of uses) {
      let look = looks.get(use.id);
      if (look === undefined) {
        look = {
          id: use.id,
          label: '',
          kind: use.kind,
          slot: -1,
          isAnnounced: false,
          isForeign: isForeignId(use.id),
          decoded: decodeId(use.id),
        };
        looks.set(use.id, look);
      }
      if (use.isAnnounced) look.isAnnounced = true;
      if (look.kind === 'other') look.kind = use.kind;
      const isUpstreamOnly = use.columns.chunk !== undefined && Object.keys(use.columns).length === 1;
      if (look.kind === 'response') {
        look.slot = 0;
        continue;
      }
      if (isUpstreamOnly) {
        if (look.slot === -1) look.slot = 0;
        continue;
      }
      const isTaken = look.slot > 0;
      const emitted = (use.columns.added?.length ?? 0) + (use.columns.delta?.length ?? 0) + (use.columns.done?.length ?? 0);
      if (!isTaken && use.hasLane && (use.isAnnounced || emitted > 1)) {
        look.slot = (nextSlot % PALETTE_SIZE) + 1;
        nextSlot += 1;
      } else if (!isTaken) look.slot = look.slot === 0 && emitted === 0 ? 0 : -1;
    }
  }
  const labels = toShortLabels([...looks.keys()]);
  for (const look of looks.values()) look.label = labels.get(look.id) ?? look.id;
  return isSame(looks, before.looks) ? before : { looks };
}

function isSame(looks: IdRegistry['looks'], before: IdRegistry['looks']): boolean {
  if (looks.size !== before.size) return false;
  for (const [id, look] of looks) {
    const known = before.get(id);
    const isAlike =
      known?.label === look.label && known.kind === look.kind && known.slot === look.slot && known.isAnnounced === look.isAnnounced;
    if (!isAlike) return false;
  }
  return true;
}

/** The look of an id, also for one that the registry has not met (a filter's text, a finding's expectation). */
export function lookOf(registry: IdRegistry, id: string): IdLook {
  const known = registry.looks.get(id);
  if (known !== undefined) return known;
  const label = toShortLabels([id]).get(id) ?? id;
  return { id, label, kind: toIdKind(id), slot: 0, isAnnounced: false, isForeign: isForeignId(id), decoded: decodeId(id) };
}

/** The CSS colour of a look. */
export function lookColor(look: IdLook): string {
  if (look.slot === 0) return look.kind === 'response' ? 'var(--resp)' : 'var(--ink3)';
  return look.slot === -1 ? 'var(--err)' : `var(--id${look.slot})`;
}

function byFirstEvent(left: { firstEvent: number }, right: { firstEvent: number }): number {
  if (left.firstEvent === right.firstEvent) return 0; // Infinity - Infinity is NaN
  return left.firstEvent < right.firstEvent ? -1 : 1;
}

/** A sentence with its long ids replaced by their labels; the full ids stand in the box below it. */
export function shortenIds(sentence: string, registry: IdRegistry): string {
  return sentence.replaceAll(/"?([A-Za-z]+[_-][A-Za-z0-9_+/=-]{12,})"?/g, (whole, id: string) => registry.looks.get(id)?.label ?? whole);
}
