/** The app's few settings: a small JSON file in its folder. Keys are not here, see ./keys.ts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DesktopSettings } from '../proxy-core/protocol/api/desktop-api.ts';
import { parseJsonObject } from '../proxy-core/protocol/json.ts';

export interface SettingsStore {
  get(): DesktopSettings;
  set(settings: DesktopSettings): void;
}

export function createSettingsStore(path: string): SettingsStore {
  let settings = readSettings(path);
  return {
    get: () => settings,
    set(next) {
      settings = { notifyOfErrors: next.notifyOfErrors };
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(settings));
    },
  };
}

function readSettings(path: string): DesktopSettings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { notifyOfErrors: false }; // never changed
  }
  return { notifyOfErrors: parseJsonObject(text)?.['notifyOfErrors'] === true };
}
