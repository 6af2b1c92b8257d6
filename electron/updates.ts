/**
 * Updates of the installed app. Off unless the build was given an address (DELTASCOPE_UPDATE_URL): only then
 * electron-builder puts app-update.yml beside the app, and nothing is asked of anybody without it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';

/** Looks once, downloads in the background, and tells when it is ready to be installed at the next start. */
export async function checkForUpdates(log: (line: string) => void): Promise<void> {
  if (!app.isPackaged || !existsSync(join(process.resourcesPath, 'app-update.yml'))) return;
  try {
    const { autoUpdater } = await import('electron-updater');
    autoUpdater.logger = null;
    const found = await autoUpdater.checkForUpdatesAndNotify();
    log(`updates: ${found ? `${found.updateInfo.version} is offered` : 'nothing newer'}`);
  } catch (error) {
    log(`updates: the address could not be asked, ${(error as Error).message}`);
  }
}
