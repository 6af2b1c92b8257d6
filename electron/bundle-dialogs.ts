/** Which bundles to open and where to save one: the native dialogs, and what is said when it went wrong. */
import { dialog } from 'electron';
import type { ReadyObject } from '../proxy-core/protocol/api/control-api.ts';
import { importFile, saveBundle } from './bundles.ts';
import type { PageView } from './page-view.ts';

/** Files to open; none when the dialog was cancelled. */
export async function chooseBundles(view: PageView): Promise<string[]> {
  const window = view.window();
  if (!window) return [];
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: 'Open Bundle',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Bundles and recordings', extensions: ['zip', 'sse', 'har'] },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  return canceled ? [] : filePaths;
}

/** Saves the session that is shown, with secrets taken out. */
export async function saveShownSession(view: PageView, ready: ReadyObject): Promise<void> {
  const window = view.window();
  const sessionId = view.sessionId();
  if (!window) return;
  if (sessionId === undefined) return view.tell('Open the session first that is to be saved as a bundle.');
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Save Session as Bundle',
    defaultPath: `${sessionId}.deltascope.zip`,
    filters: [{ name: 'Deltascope bundle', extensions: ['zip'] }],
  });
  if (canceled || !filePath) return;
  view.tell('The bundle is being made and checked…');
  try {
    await saveBundle(ready, sessionId, filePath);
    view.tell(`Saved, with secrets taken out: ${filePath}`);
  } catch (error) {
    view.tell((error as Error).message);
  }
}

/** Opens files one after the other; returns the pages of what came of them. */
export async function openBundles(view: PageView, ready: ReadyObject, files: readonly string[]): Promise<string[]> {
  const places: string[] = [];
  for (const path of files) {
    try {
      const { sessions, skipped } = await importFile(ready, path);
      places.push(...sessions.map((id) => `#/session/${id}`));
      if (skipped.length > 0) view.tell(`Not everything could be opened. ${skipped.join(' ')}`);
    } catch (error) {
      view.tell((error as Error).message);
    }
  }
  return places;
}
