/** Copies the events in sight as JSON or SSE, or the step's request as curl. */
import { useState, type ReactElement, type ReactNode } from 'react';
import type { EventRow, Step } from '../../../proxy-core/protocol/api/control-api.ts';
import { Menu } from '../../components/menu.tsx';
import { useSelection } from '../../model/selection.ts';
import { useSession } from '../../model/session-store.ts';
import { useSessions } from '../../model/sessions-store.ts';
import { useUi } from '../../model/ui-store.ts';
import { copyText } from '../../services/clipboard.ts';
import { control } from '../../services/control-client.ts';
import { toCurl, toSse } from './copy-formats.ts';

const MAX_COPIED = 10_000;

export function CopyMenu(props: { step: Step; rows: Int32Array | null; count: number; children: ReactNode }): ReactElement {
  const [isBusy, setIsBusy] = useState(false);
  const { step, rows } = props;
  const toast = useUi((state) => state.toast);
  const fetchRows = async (): Promise<EventRow[]> => {
    const page = await control.events(step.id, -1, MAX_COPIED);
    if (rows === null) return page.events;
    const wanted = new Set(rows);
    return page.events.filter((event) => wanted.has(event.index));
  };
  const run = async (what: string, make: () => Promise<string>): Promise<void> => {
    setIsBusy(true);
    try {
      await copyText(await make());
      toast(`Copied ${what}`);
    } catch (error) {
      toast(`Could not copy ${what}. ${error instanceof Error ? error.message : ''}`, 'error');
    } finally {
      setIsBusy(false);
    }
  };
  const one = async (): Promise<EventRow[]> => {
    const event = useSelection.getState().event ?? 0;
    return (await control.events(step.id, event - 1, 1)).events;
  };
  const apiBase = useSessions((state) => state.info?.apiBase ?? `${location.origin}/v1`);
  const detail = useSession((state) => state.details.get(step.id));
  return (
    <Menu
      label="Copy"
      isBusy={isBusy}
      items={[
        {
          label: 'Copy event as JSON',
          run: () => void run('the event', async () => JSON.stringify((await one())[0]?.data ?? null, null, 2)),
        },
        { label: 'Copy event as SSE', run: () => void run('the event', async () => toSse(await one())) },
        {
          label: 'Copy events in the table as JSON',
          run: () =>
            void run('the events', async () =>
              JSON.stringify(
                (await fetchRows()).map((row) => row.data),
                null,
                2,
              ),
            ),
        },
        { label: 'Copy events in the table as SSE', run: () => void run('the events', async () => toSse(await fetchRows())) },
        {
          label: 'Copy request as curl',
          run: () => void run('the request', async () => toCurl(apiBase, detail ?? (await control.step(step.id)))),
        },
        { label: 'Copy link to this place', run: () => void run('the link', () => Promise.resolve(location.href)) },
      ]}
    >
      {props.children}
    </Menu>
  );
}
