/**
 * Chromium without anything that watches it: Playwright keeps every answer that the page gets, in the page's
 * own process, so memory is measured in a browser that is only asked to run a line of script now and then.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { asArray, asNumber, asObject, asString, parseJson, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { provideChromium } from '../../scripts/lib/provide-chromium.ts';
import { CHROMIUM_SWITCHES } from '../../test/helpers/chromium.ts';

export interface BareBrowser {
  /** Runs an expression in the page, and waits for its promise. */
  run(expression: string): Promise<void>;
  /** Proportional set size of the page's process, Chromium's own part included; NaN where it can't be read. */
  memoryMb(): number;
  close(): void;
}

export async function openBareBrowser(url: string): Promise<BareBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'deltascope-chromium-'));
  const switches = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`, '--window-size=1440,900', '--no-first-run'];
  const browser = spawn(await provideChromium(), [...CHROMIUM_SWITCHES, ...switches, url], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(browser.stderr).on('line', (line) => {
      const found = /listening on ws:\/\/(\S+?)\//.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    browser.once('exit', () => reject(new Error('Chromium ended before it said where it listens.')));
  });
  const socket = await connect(address, url);

  let lastId = 0;
  const run = (expression: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const onMessage = ({ data }: MessageEvent): void => {
        const answer = asObject(parseJsonObject(String(data)));
        if (asNumber(answer['id']) !== id) return;
        socket.removeEventListener('message', onMessage);
        const fault = asString(asObject(asObject(answer['result'])['exceptionDetails'])['text']);
        if (fault === undefined) resolve();
        else reject(new Error(`The page could not run ${expression}: ${fault}`));
      };
      socket.addEventListener('message', onMessage);
      socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params: { expression, awaitPromise: true } }));
    });

  return {
    run,
    memoryMb: () => Math.max(...renderersIn(folder).map(readMemoryMb)),
    close() {
      socket.close();
      browser.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
      browser.kill();
    },
  };
}

async function connect(address: string, url: string): Promise<WebSocket> {
  const { origin } = new URL(url);
  for (;;) {
    const targets = asArray(parseJson(await (await fetch(`http://${address}/json/list`)).text())).map(asObject);
    const target = targets.find((each) => asString(each['url'])?.startsWith(origin) === true);
    const debuggerUrl = asString(target?.['webSocketDebuggerUrl']);
    if (debuggerUrl === undefined) continue;
    const socket = new WebSocket(debuggerUrl);
    await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
    return socket;
  }
}

/** Chromium keeps an empty renderer ready beside the page's; the page's is the big one. */
function renderersIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    const command = /^\d+$/.test(pid) ? readProc(pid, 'cmdline') : '';
    return command.includes('--type=renderer') && command.includes(folder);
  });
}

function readMemoryMb(pid: string): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readProc(pid, 'smaps_rollup'))?.[1] ?? Number.NaN) / 1024;
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
