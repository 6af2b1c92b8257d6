import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWindowState, writeWindowState } from './window-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'deltascope-window-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SCREEN = { x: 0, y: 0, width: 1600, height: 1000 };
const path = join(folder, 'deep', 'window-state.json');

describe('where the window was', () => {
  it('comes back as it was', () => {
    writeWindowState(path, { bounds: { x: 10, y: 20, width: 900, height: 640 }, isMaximized: true });
    expect(readWindowState(path, [SCREEN])).toEqual({ bounds: { x: 10, y: 20, width: 900, height: 640 }, isMaximized: true });
  });

  it.each([
    ['right of every screen', { x: 1590, y: 0, width: 900, height: 640 }],
    ['with its title bar above the screen', { x: 0, y: -200, width: 900, height: 640 }],
    ['below the screen', { x: 0, y: 990, width: 900, height: 640 }],
  ])('is forgotten when it is %s', (_where, bounds) => {
    writeWindowState(path, { bounds, isMaximized: false });
    expect(readWindowState(path, [SCREEN]).bounds).toBeUndefined();
  });

  it('is found on a second screen', () => {
    writeWindowState(path, { bounds: { x: 1700, y: 10, width: 900, height: 640 }, isMaximized: false });
    expect(readWindowState(path, [SCREEN, { x: 1600, y: 0, width: 1600, height: 1000 }]).bounds).toBeDefined();
  });

  it('is nothing at the first start, and nothing in a broken file', () => {
    expect(readWindowState(join(folder, 'none.json'), [SCREEN])).toEqual({ bounds: undefined, isMaximized: false });
    writeFileSync(join(folder, 'broken.json'), '{"x":1,');
    expect(readWindowState(join(folder, 'broken.json'), [SCREEN]).bounds).toBeUndefined();
  });
});
