/**
 * `deltascope replay --mode retranslate|resend`: a session run again into a new one, over the API of the
 * running bridge, or of one that is started for it. Says how far it is; Ctrl+C cancels it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { findRunningBridge } from '../bridge-file.ts';
import { createProxy } from '../create-proxy.ts';
import type { ProxyConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import type { Replay, ReplayMode } from '../protocol/api/handover-api.ts';
import { asArray, asObject, asString, type JsonObject } from '../protocol/json.ts';
import { askBridge, type Bridge } from './ask-bridge.ts';
import type { CommandContext } from './command.ts';
import { importIntoBridge, importOne } from './into-bridge.ts';
import { untilSignal } from './serve.ts';

export interface ReplayAgain {
  /** A session's id, `last`, or a file when `isFile`. */
  operand: string;
  isFile: boolean;
  mode: Exclude<ReplayMode, 'serve'>;
  upstream: string | undefined;
}

const POLL_MS = 250;

/** Prints the new session's id. Resolves to 0 when every step went through, else to 1. @throws UsageError with the bridge's own sentence. */
export async function replayAgain(what: ReplayAgain, config: ProxyConfig, context: CommandContext): Promise<number> {
  const running = await findRunningBridge(config.dataDir);
  const own = running ? undefined : await createProxy({ config, env: context.env, onNotice: context.err });
  try {
    const bridge = running ?? (await own?.listen());
    if (!bridge) return 2;
    const sessionId = await toSession(what, bridge, context);
    const body = { mode: what.mode, waitMs: 0, ...(what.upstream === undefined ? {} : { upstream: what.upstream }) };
    const started = await ask(bridge, `sessions/${encodeURIComponent(sessionId)}/replays`, 'POST', body);
    const end = await follow(started as unknown as Replay, bridge, context);
    for (const note of end.notes) context.err(`deltascope: ${note}`);
    if (end.sessionId !== undefined) context.out(`${end.sessionId}\n`);
    return end.status === 'done' ? 0 : 1;
  } finally {
    await own?.close();
  }
}

async function follow(started: Replay, bridge: Bridge, context: CommandContext): Promise<Replay> {
  let replay = started;
  let told = -1;
  let isStopped = false;
  void untilSignal().then(() => (isStopped = true));
  while (replay.status === 'running') {
    if (isStopped) await ask(bridge, `replays/${replay.id}`, 'DELETE');
    if (isStopped)
      return { ...replay, status: 'cancelled', notes: [...replay.notes, `Stopped after ${replay.done} of ${replay.total} steps.`] };
    if (replay.done !== told) context.err(`deltascope: ${replay.done} of ${replay.total} steps`);
    told = replay.done;
    await wait(POLL_MS);
    replay = (await ask(bridge, `replays/${replay.id}`)) as unknown as Replay;
  }
  return replay;
}

async function toSession({ operand, isFile }: ReplayAgain, bridge: Bridge, context: CommandContext): Promise<string> {
  if (isFile) {
    const { sessions, skipped } = await importOne(operand, context, importIntoBridge(bridge));
    const [first] = sessions;
    if (first === undefined) throw new UsageError(`replay: ${operand}: ${skipped[0]?.why ?? 'there is no session in it'}.`);
    return first;
  }
  if (operand !== 'last') return operand;
  const newest = asArray((await ask(bridge, 'sessions?limit=1'))['sessions'])[0];
  return asString(asObject(newest)['id']) ?? operand;
}

/** As `askBridge`, in this command's name. */
async function ask(bridge: Bridge, path: string, method = 'GET', body?: object): Promise<JsonObject> {
  try {
    return await askBridge(bridge, path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`replay: ${error.message}`) : error;
  }
}
