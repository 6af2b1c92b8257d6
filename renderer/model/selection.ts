/**
 * The one selection that list, timeline, table, details and URL share. Focus is separate (the browser's);
 * hovering an id is here too, because every pane lights up with it.
 */
import { create } from 'zustand';
import { NOWHERE, isPage, parseDeepLink, toDeepLink, type Place } from './deep-link.ts';

export type DetailsTab = 'finding' | 'event' | 'chunk' | 'raw';

export interface SelectionState extends Place {
  hoverId: string | null;
  detailsTab: DetailsTab;
  /** Which of the event's findings the card shows, as position in the step's sorted findings. */
  finding: number | null;
  select(change: Partial<Place> & { finding?: number | null; detailsTab?: DetailsTab }): void;
  hover(id: string | null): void;
}

/** The hash as this page wrote or read it last. */
let ownHash = location.hash;

export const useSelection = create<SelectionState>()((set, get) => ({
  ...NOWHERE,
  ...parseDeepLink(location.hash),
  hoverId: null,
  detailsTab: 'finding',
  finding: null,
  select(change) {
    // a link was followed and its event has not come yet: what is asked here belongs to the place before
    if (location.hash !== ownHash) {
      followHash();
      return;
    }
    const before = get();
    const next: Partial<SelectionState> = { ...change };
    if (change.sessionId !== undefined && change.sessionId !== before.sessionId) {
      next.step = change.step ?? null;
      next.event = change.event ?? null;
      next.rule = change.rule ?? null;
      next.finding = change.finding ?? null;
      next.with = change.with ?? null;
      if (change.view === undefined && isPage(before.view)) next.view = null;
    } else if (change.step !== undefined && change.step !== before.step) {
      next.event = change.event ?? null;
      next.finding = change.finding ?? null;
      next.rule = change.rule ?? null;
    } else if (change.event !== undefined && change.event !== before.event && change.finding === undefined) {
      next.finding = null;
      // another event is not this rule's any more, and a link must not say so
      next.rule = change.rule ?? null;
    }
    set(next);
    const hash = toDeepLink(get());
    if (hash !== location.hash) history.replaceState(null, '', hash);
    ownHash = location.hash;
  },
  hover(id) {
    if (get().hoverId !== id) set({ hoverId: id });
  },
}));

/** Follows links that are typed or clicked while the page is open. */
export function followHash(): void {
  ownHash = location.hash;
  const place = parseDeepLink(location.hash);
  const state = useSelection.getState();
  if (toDeepLink(place) !== toDeepLink(state)) useSelection.setState({ ...place, finding: null });
}
