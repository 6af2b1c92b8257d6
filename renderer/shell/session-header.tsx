/** Title, route, totals, the tabs of the views, and what can be done with the session. */
import { ArrowRight, EllipsisVertical, Package, PanelLeft, Play, Wrench } from 'lucide-react';
import { Fragment, type ReactElement } from 'react';
import type { Session, SessionWithSteps } from '../../proxy-core/protocol/api/control-api.ts';
import { formatCost, formatMs, plural } from '../components/format.ts';
import { Menu } from '../components/menu.tsx';
import { Tabs } from '../components/tabs.tsx';
import { clientName, hopName } from '../model/route.ts';
import { useSelection } from '../model/selection.ts';
import { useSession } from '../model/session-store.ts';
import { useSessions } from '../model/sessions-store.ts';
import { useUi } from '../model/ui-store.ts';
import { control } from '../services/control-client.ts';
import { VIEWS } from '../views/index.ts';
import { commandById } from '../model/commands.ts';
import { useFaultyStep } from '../model/handover/faulty-step.ts';
import { togglePin } from '../model/session-actions.ts';

export function SessionHeader(props: { isNarrow: boolean; view: string }): ReactElement | null {
  const session = useSession((state) => state.session);
  const listed = useSessions((state) => state.sessions.find((entry) => entry.id === session?.id));
  const select = useSelection((state) => state.select);
  const setUi = useUi((state) => state.set);
  const faulty = useFaultyStep();
  if (session === null) return null;
  const now = listed ?? session;
  const views = VIEWS.filter((view) => view.canShow(session));
  const route = [...new Set([clientName(now), ...now.upstreams.map(hopName), ...now.models])];
  return (
    <div className="session-header">
      {props.isNarrow && (
        <button
          type="button"
          className="icon-button"
          aria-label="Show sessions"
          title="Sessions"
          onClick={() => setUi({ isDrawerOpen: true })}
        >
          <PanelLeft className="icon" aria-hidden="true" />
        </button>
      )}
      <div className="session-name">
        <h1 className="trunc" title={now.title}>
          {now.title === '' ? 'Untitled session' : now.title}
        </h1>
        <div className="route">
          {route.map((part, i) => (
            <Fragment key={part}>
              {i > 0 && <ArrowRight className="route-arrow" aria-hidden="true" />}
              <span>{part}</span>
            </Fragment>
          ))}
          {props.isNarrow && <Totals session={session} now={now} />}
          <OuterLink session={session} />
        </div>
      </div>
      <span className="grow" />
      {!props.isNarrow && <Totals session={session} now={now} />}
      {views.length > 1 && (
        <Tabs
          label="Views"
          look="segments"
          tabs={views.map(({ id, title }) => ({ id, title }))}
          value={props.view}
          panelId="view"
          onChange={(id) => select({ view: id })}
        />
      )}
      <button type="button" className="btn" onClick={() => setUi({ dialog: 'replay' })}>
        <Play className="icon" aria-hidden="true" />
        Replay
      </button>
      {faulty !== null && !props.isNarrow && (
        <button type="button" className="btn" title="Preview a repair of the faulty step (Shift R)" onClick={() => run('repair')}>
          <Wrench className="icon" aria-hidden="true" />
          Repair
        </button>
      )}
      <button type="button" className="btn primary" onClick={() => setUi({ dialog: 'export' })}>
        <Package className="icon" aria-hidden="true" />
        Export
      </button>
      <Menu
        label="More"
        items={[
          { label: 'Compare (C)', run: () => run('compare') },
          ...(faulty === null
            ? []
            : [
                { label: 'Preview repair (Shift R)', run: () => run('repair') },
                { label: 'Minimal repro (M)', run: () => run('repro') },
              ]),
          { label: now.pinned ? 'Unpin (Ctrl P)' : 'Pin (Ctrl P)', run: () => void togglePin(now) },
          { label: 'Rename', run: () => setUi({ dialog: 'rename' }) },
          { label: 'Delete (Ctrl Del)', run: () => setUi({ dialog: 'delete' }) },
        ]}
      >
        <EllipsisVertical className="icon" aria-hidden="true" />
      </Menu>
    </div>
  );
}

function Totals(props: { session: SessionWithSteps; now: Session }): ReactElement {
  const { session, now } = props;
  const lastStep = session.steps.at(-1);
  const endedAt = now.endedAt ?? (lastStep === undefined ? null : lastStep.startedAt + (lastStep.durationMs ?? 0) * 1000);
  return (
    <div className="session-totals">
      <span>{plural(session.steps.length, 'step')}</span>
      {endedAt !== null && <span>{formatMs(Math.max(0, (endedAt - now.startedAt) / 1000))}</span>}
      {now.usage !== null && (
        <span
          title={`${now.usage.inputTokens} in (${now.usage.cachedTokens} cached), ${now.usage.outputTokens} out (${now.usage.reasoningTokens} reasoning)`}
        >
          {plural(now.usage.totalTokens, 'token')}
        </span>
      )}
      {now.costUsd !== null && <span title="By the public prices of the models">{formatCost(now.costUsd)}</span>}
    </div>
  );
}

/** A gateway's own call has a session that no list shows: the way back to the step it was made for. */
function OuterLink(props: { session: SessionWithSteps }): ReactElement | null {
  const toast = useUi((state) => state.toast);
  const outerId = props.session.steps[0]?.innerOf ?? null;
  if (outerId === null) return null;
  const open = async (): Promise<void> => {
    try {
      const outer = await control.step(outerId);
      useSelection.getState().select({ sessionId: outer.sessionId, step: outer.index });
    } catch (error) {
      toast(`The step it was made for could not be opened. ${error instanceof Error ? error.message : ''}`, 'error');
    }
  };
  return (
    <button type="button" className="link outer-link" onClick={() => void open()}>
      a gateway’s own call: back to the step it was made for
    </button>
  );
}

function run(command: string): void {
  commandById(command)?.run();
}
