/**
 * `bridge.json` in the data dir: how `run` and the desktop app find a running bridge. It holds the token,
 * so only its owner may read it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asNumber, asString, parseJsonObject } from './protocol/json.ts';

export interface BridgeFile {
  url: string;
  token: string;
  pid: number;
}

const FILE = 'bridge.json';

export function writeBridgeFile(dataDir: string, bridge: BridgeFile): void {
  const path = join(dataDir, FILE);
  // Written aside and moved: a reader never sees half a file.
  writeFileSync(`${path}.${bridge.pid}`, JSON.stringify(bridge), { mode: 0o600 });
  renameSync(`${path}.${bridge.pid}`, path);
}

/** Removes it only if it is this process's own: a later bridge may have taken the data dir over. */
export function removeBridgeFile(dataDir: string, pid: number): void {
  if (readBridgeFile(dataDir)?.pid === pid) rmSync(join(dataDir, FILE), { force: true });
}

export function readBridgeFile(dataDir: string): BridgeFile | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataDir, FILE), 'utf8');
  } catch {
    return undefined; // no bridge has run here, or it ended in order
  }
  const value = parseJsonObject(text);
  const url = asString(value?.['url']);
  const token = asString(value?.['token']);
  const pid = asNumber(value?.['pid']);
  return url === undefined || token === undefined || pid === undefined ? undefined : { url, token, pid };
}

/** The bridge that answers at the address of a data dir's file; undefined when none does. */
export async function findRunningBridge(dataDir: string): Promise<BridgeFile | undefined> {
  const bridge = readBridgeFile(dataDir);
  if (!bridge) return undefined;
  try {
    const reply = await fetch(`${bridge.url}/api/health`, { signal: AbortSignal.timeout(1_500) });
    return reply.ok && parseJsonObject(await reply.text())?.['status'] === 'ok' ? bridge : undefined;
  } catch {
    return undefined; // a file left behind by a bridge that died
  }
}
