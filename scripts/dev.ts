/**
 * `npm run dev [-- options of serve]`: Vite serves the page and reloads it as it changes; the bridge is rebuilt
 * and restarted on the same port and data dir when its sources change. The page's calls go to that bridge
 * through this server, so open the address printed here, not the bridge's.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { createBuilder, createServer } from 'vite';
import { asString, parseJsonObject } from '../proxy-core/protocol/json.ts';
import { fromRoot } from './lib/paths.ts';

const serveArgs = process.argv.slice(2);
const configFile = fromRoot('vite.config.ts');
const port = await findFreePort();
let bridge: ChildProcess | undefined;
let token = '';

/** What the page and clients ask of the bridge. */
const target = `http://127.0.0.1:${port}`;
const proxied = Object.fromEntries(
  ['/api', '/v1', '/u', '/t', '/replay'].map((path) => [
    path,
    {
      target,
      changeOrigin: true,
      ws: path === '/v1',
      configure: (proxy: {
        on(
          event: 'proxyReq',
          listener: (request: { setHeader(name: string, value: string): void; removeHeader(name: string): void }) => void,
        ): void;
      }) => {
        proxy.on('proxyReq', (request) => {
          // For the bridge this server's page is a stranger; here it stands for the one the bridge serves.
          request.removeHeader('origin');
          request.removeHeader('sec-fetch-site');
          if (path === '/api') request.setHeader('authorization', `Bearer ${token}`);
        });
      },
    },
  ]),
);

const server = await createServer({ configFile, server: { host: '127.0.0.1', proxy: proxied } });
await server.listen();

const builder = await createBuilder({ configFile, logLevel: 'warn', build: { watch: {} } });
const environment = builder.environments['bridge'];
if (!environment) throw new Error("vite.config.ts has no environment 'bridge'.");
const watcher = await builder.build(environment);
if (!('on' in watcher)) throw new Error('The build of the bridge does not watch.');
watcher.on('event', (event) => {
  if (event.code === 'END') void restart();
  if (event.code === 'ERROR') process.stderr.write(`${event.error.message}\n`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void Promise.all([stopBridge(), server.close(), watcher.close()]).finally(() => process.exit(0)));
}

async function restart(): Promise<void> {
  await stopBridge();
  const args = [fromRoot('dist/bridge/cli.mjs'), 'serve', '--ready-json', '--no-open', '--port', String(port), ...serveArgs];
  bridge = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!bridge.stdout) return;
  createInterface({ input: bridge.stdout }).once('line', (line) => {
    token = asString(parseJsonObject(line)?.['token']) ?? '';
    process.stdout.write(`Page  ${server.resolvedUrls?.local[0] ?? ''}\nPoint clients at  ${target}/v1\n`);
  });
}

async function stopBridge(): Promise<void> {
  const old = bridge;
  bridge = undefined;
  if (!old || old.exitCode !== null) return;
  old.kill('SIGTERM');
  await once(old, 'exit');
}

async function findFreePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  return free;
}
