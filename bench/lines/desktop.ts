/** The desktop window: from start to a page that can be used, and what the whole app holds in memory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { buildIfStale } from '../../scripts/lib/build-if-stale.ts';
import { hasDisplay, sandboxSwitches } from '../../scripts/lib/electron-binary.ts';
import { fromRoot } from '../../scripts/lib/paths.ts';
import { provideElectron } from '../../scripts/lib/provide-electron.ts';
import { ALL_PARTS } from '../../scripts/lib/stale.ts';
import { takePairs, toResult, type BenchLine } from '../bench-line.ts';

interface Taken {
  startMs: number;
  /** Proportional set size of the app and all its processes; shared pages count once. */
  memoryMb: number;
}

/** The least an Electron app can be: one window, one sentence. */
const EMPTY_APP = `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow().loadURL('data:text/html,<p>usable</p>'));`;

export const desktop: BenchLine = {
  id: 'desktop',
  async run({ isQuick }) {
    const electron = await provideElectron();
    if (typeof electron === 'string' || process.platform !== 'linux') {
      process.stderr.write(`desktop: not measured, ${typeof electron === 'string' ? electron : 'memory is read from /proc'}\n`);
      return [];
    }
    await buildIfStale(ALL_PARTS);
    const screen = hasDisplay() ? undefined : await startScreen();
    const folder = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', main: 'main.js' }));
    writeFileSync(join(folder, 'main.js'), EMPTY_APP);
    const env = { ...electron.env, ...(screen ? { DISPLAY: screen.display } : {}) };
    const take = (app: string, usable: string): Promise<Taken> => measure(electron.executable, { app, usable, env, folder });
    const values: Taken[] = [];
    const floors: Taken[] = [];
    try {
      await takePairs(
        isQuick ? 1 : 7,
        async () => values.push(await take(fromRoot(), '[data-pane="sessions"]')),
        async () => floors.push(await take(folder, 'p')),
      );
    } finally {
      screen?.process.kill();
      rmSync(folder, { recursive: true, force: true });
    }
    const pairs = (pick: keyof Taken) => values.map((value, index) => ({ value: value[pick], floor: floors[index]?.[pick] ?? Number.NaN }));
    const floorIs = 'an empty window of the same Electron';
    return [
      toResult({ line: 'desktop app, start to usable window', unit: 'ms', floorIs, target: null, pairs: pairs('startMs') }),
      toResult({ line: 'desktop app, memory with its bridge', unit: 'MB', floorIs, target: null, pairs: pairs('memoryMb') }),
    ];
  },
};

interface MeasureOptions {
  app: string;
  /** A selector that is there once the page can be used. */
  usable: string;
  env: NodeJS.ProcessEnv;
  folder: string;
}

async function measure(executablePath: string, { app, usable, env, folder }: MeasureOptions): Promise<Taken> {
  const dataDir = mkdtempSync(join(folder, 'data-'));
  const own = { DELTASCOPE_DATA_DIR: dataDir, DELTASCOPE_PORT: '0', DELTASCOPE_NODE: process.execPath };
  const startedAt = performance.now();
  const running = await _electron.launch({
    executablePath,
    args: [...sandboxSwitches(), '--disable-gpu', `--user-data-dir=${join(dataDir, 'chromium')}`, app],
    env: { ...(env as Record<string, string>), ...own },
  });
  const page = await running.firstWindow();
  await page.waitForSelector(usable);
  const startMs = performance.now() - startedAt;
  const memoryMb = readTreeMemoryMb(running.process().pid ?? 0);
  await running.close();
  return { startMs, memoryMb };
}

function readTreeMemoryMb(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(readProc(name, 'status'))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const sumKb = (pid: number): number =>
    Number(/^Pss:\s+(\d+)/m.exec(readProc(String(pid), 'smaps_rollup'))?.[1] ?? 0) +
    (children.get(pid) ?? []).reduce((sum, child) => sum + sumKb(child), 0);
  return sumKb(root) / 1024;
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

/** An X server of our own on a free display number. */
async function startScreen(): Promise<{ display: string; process: ChildProcess }> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = (await once(server.stdout, 'data')) as [Buffer];
  return { display: `:${number.toString().trim()}`, process: server };
}
