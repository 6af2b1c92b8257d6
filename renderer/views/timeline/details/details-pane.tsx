/** The selected event in detail: its finding, the event as a tree, the chunk that caused it, the raw bytes. */
import { valueAt } from '../../../model/columns.ts';
import { type ReactElement } from 'react';
import { Tabs } from '../../../components/tabs.tsx';
import { useSelectedStep } from '../../../model/hooks.ts';
import { useSelection, type DetailsTab } from '../../../model/selection.ts';
import { ChunkTab } from './chunk-tab.tsx';
import { EventTab } from './event-tab.tsx';
import { FindingTab } from './finding-tab.tsx';
import { RawTab } from './raw-tab.tsx';

const PANEL_ID = 'details-panel';

export function DetailsPane(): ReactElement {
  const { step, track } = useSelectedStep();
  const event = useSelection((state) => state.event);
  const finding = useSelection((state) => state.finding);
  const wanted = useSelection((state) => state.detailsTab);
  const select = useSelection((state) => state.select);
  const positions = track === null || event === null ? [] : (track.findingsByEvent.get(event) ?? []);
  const position = finding ?? positions[0] ?? null;
  const chunk = track === null || event === null || event >= track.count ? -1 : valueAt(track.chunk, event);
  const tab: DetailsTab = wanted === 'chunk' && chunk < 0 ? 'event' : wanted;
  const tabs: { id: DetailsTab; title: string }[] = [
    { id: 'finding', title: 'Finding' },
    { id: 'event', title: 'Event' },
    ...(chunk >= 0 ? [{ id: 'chunk' as const, title: `Chunk ${chunk}` }] : []),
    { id: 'raw', title: 'Raw' },
  ];
  return (
    <aside className="details" aria-label="Details" data-pane="details">
      <Tabs
        label="Details"
        look="underline-tabs"
        tabs={tabs}
        value={tab}
        panelId={PANEL_ID}
        onChange={(id) => select({ detailsTab: id })}
      />
      <div className="details-body" id={PANEL_ID} role="tabpanel" aria-label={tab} tabIndex={0}>
        {step === null || track === null || (event === null && position === null) ? (
          <p className="details-empty dim">Select an event in the table or the timeline. N steps through the findings.</p>
        ) : tab === 'finding' ? (
          <FindingTab step={step} track={track} event={event} position={position} />
        ) : event === null || event >= track.count ? (
          <p className="details-empty dim">This finding is about something that was never sent, so there is no event to show.</p>
        ) : tab === 'event' ? (
          <EventTab step={step} event={event} />
        ) : tab === 'chunk' ? (
          <ChunkTab step={step} track={track} event={event} chunk={chunk} />
        ) : (
          <RawTab key={step.id} step={step} event={event} />
        )}
      </div>
    </aside>
  );
}
