/** The bottom line: worst level always in sight, where the selection is, what is shown. */
import type { ReactElement } from 'react';
import { plural } from '../components/format.ts';
import { SignIcon } from '../components/glyph.tsx';
import { countFaults } from '../model/findings.ts';
import { useSelection } from '../model/selection.ts';
import { tracksInOrder, useSession } from '../model/session-store.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useTimelineView } from '../model/timeline-view-store.ts';
import { useUi } from '../model/ui-store.ts';

export function StatusBar(): ReactElement {
  const info = useSessions((state) => state.info);
  const sessionCount = useSessions((state) => state.sessions.length);
  const session = useSession((state) => state.session);
  const version = useSession((state) => state.version);
  const step = useSelection((state) => state.step);
  const event = useSelection((state) => state.event);
  const mode = useUi((state) => state.mode);
  const isFit = useTimelineView((state) => state.view === null);
  const upstreams = info?.upstreams.map((upstream) => upstream.name).join(', ') ?? '';
  return (
    <footer className="status-bar" data-version={version}>
      {session === null ? <span>No findings</span> : <Worst />}
      {session !== null && step !== null && (
        <span>
          step {step + 1}
          {event === null ? '' : `, event ${event}`}
        </span>
      )}
      <span className="grow" />
      <span className="trunc">{upstreams}</span>
      {session === null ? (
        <span>{plural(sessionCount, 'session')}</span>
      ) : (
        <>
          <span>
            {plural(
              session.steps.reduce((sum, entry) => sum + entry.eventCount, 0),
              'event',
            )}
            ,{' '}
            {plural(
              session.steps.reduce((sum, entry) => sum + entry.chunkCount, 0),
              'chunk',
            )}
          </span>
          <span>{mode === 'time' ? 'wall time' : 'event order'}</span>
          <span>{isFit ? 'fit' : 'zoomed'}</span>
        </>
      )}
    </footer>
  );
}

function Worst(): ReactElement {
  const session = useSession((state) => state.session);
  const tracks = useSession((state) => state.tracks);
  const findings = tracksInOrder({ session, tracks }).flatMap((track) => track.findings);
  const errors = findings.filter((finding) => finding.severity === 'error');
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  const notes = findings.length - errors.length - warnings;
  if (findings.length === 0) {
    return (
      <span>
        <SignIcon sign="ok" size={12} /> No findings
      </span>
    );
  }
  return (
    <>
      {errors.length > 0 && (
        <span className="err strong">
          <SignIcon sign="error" size={12} /> {plural(countFaults(findings), 'fault')}, {plural(errors.length, 'finding')}
        </span>
      )}
      {warnings > 0 && (
        <span>
          <SignIcon sign="warning" size={12} /> {plural(warnings, 'warning')}
        </span>
      )}
      {notes > 0 && (
        <span>
          <SignIcon sign="note" size={12} /> {plural(notes, 'note')}
        </span>
      )}
    </>
  );
}
