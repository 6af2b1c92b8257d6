/** Which dialog is open. */
import type { ReactElement } from 'react';
import { useUi } from '../model/ui-store.ts';
import { DeleteDialog, ExportDialog, RenameDialog, ReplayDialog } from './session-dialogs.tsx';
import { Palette } from './palette.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

export function Dialogs(): ReactElement | null {
  const dialog = useUi((state) => state.dialog);
  if (dialog === 'palette') return <Palette />;
  if (dialog === 'shortcuts') return <ShortcutsDialog />;
  if (dialog === 'settings') return <SettingsDialog />;
  if (dialog === 'replay') return <ReplayDialog />;
  if (dialog === 'export') return <ExportDialog />;
  if (dialog === 'rename') return <RenameDialog />;
  if (dialog === 'delete') return <DeleteDialog />;
  return null;
}
