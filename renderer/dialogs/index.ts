/** The dialogs by name; large ones are loaded when they are wanted. To add one: a folder, a line here, its name in model/ui-store.ts. */
import { lazy, type ComponentType } from 'react';
import type { Dialog } from '../model/ui-store.ts';
import { Palette } from '../shell/palette.tsx';
import { SettingsDialog } from '../shell/settings-dialog.tsx';
import { ShortcutsDialog } from '../shell/shortcuts-dialog.tsx';
import { DeleteDialog } from './session/delete-dialog.tsx';
import { RenameDialog } from './session/rename-dialog.tsx';

export const DIALOGS: Readonly<Record<NonNullable<Dialog>, ComponentType>> = {
  palette: Palette,
  shortcuts: ShortcutsDialog,
  settings: SettingsDialog,
  export: lazy(async () => ({ default: (await import('./export/export-dialog.tsx')).ExportDialog })),
  replay: lazy(async () => ({ default: (await import('./replay/replay-dialog.tsx')).ReplayDialog })),
  repro: lazy(async () => ({ default: (await import('./repro/repro-dialog.tsx')).ReproDialog })),
  rename: RenameDialog,
  delete: DeleteDialog,
};
