/** Theme and size of the page, and where the bridge keeps things. */
import type { ReactElement } from 'react';
import { useSessions } from '../model/sessions-store.ts';
import { useUi, type Density, type Theme } from '../model/ui-store.ts';
import { Choice } from './choice.tsx';
import { DesktopSettings } from './desktop-settings.tsx';
import { KeepSettings } from './keep-settings.tsx';
import { Modal } from './modal.tsx';

const THEMES: { id: Theme; title: string }[] = [
  { id: 'system', title: 'As the system' },
  { id: 'light', title: 'Light' },
  { id: 'dark', title: 'Dark' },
];
const DENSITIES: { id: Density; title: string }[] = [
  { id: 'auto', title: 'By window' },
  { id: 'compact', title: '100 %' },
  { id: 'comfortable', title: '112 %' },
  { id: 'large', title: '120 %' },
];

export function SettingsDialog(): ReactElement {
  const theme = useUi((state) => state.theme);
  const density = useUi((state) => state.density);
  const setUi = useUi((state) => state.set);
  const info = useSessions((state) => state.info);
  return (
    <Modal title="Settings" className="settings">
      <div className="modal-body">
        <Choice label="Theme" options={THEMES} value={theme} onChange={(id) => setUi({ theme: id })} />
        <Choice label="Size" options={DENSITIES} value={density} onChange={(id) => setUi({ density: id })} />
        <div className="setting">
          <span>Panes</span>
          <button type="button" className="btn" onClick={() => setUi({ sideWidth: 236, detailsWidth: null, timelineHeight: null })}>
            Reset sizes
          </button>
        </div>
        <KeepSettings />
        <DesktopSettings />
        {info !== null && (
          <dl className="about">
            <dt>Version</dt>
            <dd>{info.version}</dd>
            <dt>Address</dt>
            <dd className="mono">{info.apiBase}</dd>
            <dt>Recorded in</dt>
            <dd className="mono">{info.dataDir}</dd>
          </dl>
        )}
      </div>
    </Modal>
  );
}
