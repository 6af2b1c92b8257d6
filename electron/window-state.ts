/** Where the window was: remembered over restarts, and brought back only if it can still be seen. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asNumber, parseJsonObject } from '../proxy-core/protocol/json.ts';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface WindowState {
  bounds: Rectangle | undefined;
  isMaximized: boolean;
}

/** So much of the title bar must lie on a screen to be caught with a mouse. */
const VISIBLE_PX = 80;

export function readWindowState(path: string, screens: readonly Rectangle[]): WindowState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { bounds: undefined, isMaximized: false }; // the first start
  }
  const value = parseJsonObject(text);
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => asNumber(value?.[name]));
  if (x === undefined || y === undefined || width === undefined || height === undefined) return { bounds: undefined, isMaximized: false };
  const bounds = { x, y, width, height };
  return {
    bounds: screens.some((screen) => isReachable(bounds, screen)) ? bounds : undefined,
    isMaximized: value?.['isMaximized'] === true,
  };
}

export function writeWindowState(path: string, { bounds, isMaximized }: { bounds: Rectangle; isMaximized: boolean }): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...bounds, isMaximized }));
}

function isReachable(window: Rectangle, screen: Rectangle): boolean {
  const across = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const isTitleOnScreen = window.y >= screen.y && window.y < screen.y + screen.height - VISIBLE_PX / 2;
  return across >= VISIBLE_PX && isTitleOnScreen;
}
