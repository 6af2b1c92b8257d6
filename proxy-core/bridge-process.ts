/**
 * The bridge as a child of the desktop app: Electron's utilityProcess, or a plain Node with an IPC channel.
 * Says `{type:'ready', …}` (the ready object) or `{type:'failed', message}`, and ends on `{type:'shutdown'}`,
 * when its parent is gone, or at a signal. Where a bridge runs on the same data dir already, it says
 * `{type:'running', …}` with that one's ready object and ends: two bridges never share a store. Configuration comes by arguments, as for `deltascope serve`.
 */
import { findRunningBridge } from './bridge-file.ts';
import { parseCommandLine } from './commands/command.ts';
import { serveCommand, toServeConfig } from './commands/serve.ts';
import { createProxy, type Proxy } from './create-proxy.ts';
import { VERSION } from './version.ts';

/** Electron's channel to the parent; absent in a plain Node. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}
const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;

function send(message: object): void {
  if (parentPort) parentPort.postMessage(message);
  else if (process.send) process.send(message);
  else process.stdout.write(`${JSON.stringify(message)}\n`);
}

let proxy: Proxy | undefined;
let isStopping = false;

async function start(): Promise<void> {
  const config = toServeConfig(parseCommandLine(serveCommand, process.argv.slice(2)), { cwd: process.cwd(), env: process.env });
  const running = await findRunningBridge(config.dataDir);
  if (running) {
    const { url, token, pid } = running;
    send({
      type: 'running',
      url,
      apiBase: `${url}/v1`,
      uiUrl: `${url}/?token=${token}`,
      token,
      pid,
      dataDir: config.dataDir,
      version: VERSION,
    });
    process.exitCode = 0;
    end();
    return;
  }
  proxy = await createProxy({ config, env: process.env, onNotice: (line) => send({ type: 'notice', message: line }) });
  send(await proxy.listen());
}

/** Lets go of the parent, so that nothing keeps this process. */
function end(): void {
  if (parentPort) setImmediate(() => process.exit());
  else process.disconnect?.();
}

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  void (proxy?.close() ?? Promise.resolve()).finally(() => process.exit(0));
}

function onMessage(message: unknown): void {
  if ((message as { type?: unknown } | null)?.type === 'shutdown') stop();
}

parentPort?.on('message', ({ data }) => onMessage(data));
process.on('message', onMessage);
// The main process was killed: no orphan stays behind.
process.on('disconnect', stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);

start().catch((error: unknown) => {
  send({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  end();
});
