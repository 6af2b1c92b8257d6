/** `deltascope serve`: bridge, recorder and page until a signal ends it (contract 2, 3.1). */
import { spawn } from 'node:child_process';
import { readConfig, type ProxyConfig } from '../config.ts';
import { createProxy } from '../create-proxy.ts';
import { listOption, stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

export const serveCommand: Command = {
  name: 'serve',
  usage: '[options]',
  summary: 'Runs the bridge, the recorder and the page. Point a client at the printed address.',
  options: {
    port: { type: 'string', value: 'N', help: 'port to listen on; 0 takes any free one (4141, or the next free one)' },
    host: { type: 'string', value: 'HOST', help: 'address to listen on (127.0.0.1)' },
    'data-dir': { type: 'string', value: 'DIR', help: "folder of the recordings (the system's folder for application data)" },
    config: { type: 'string', value: 'FILE', help: 'JSON file with port, host, dataDir, upstreams, keepSize, keepDays' },
    upstream: {
      type: 'string',
      value: 'JSON',
      multiple: true,
      help: 'an upstream: {"name","kind","baseURL","apiKey"}; repeatable, the first is the default',
    },
    'allow-remote': { type: 'boolean', help: 'listen beyond this machine; every request then needs the token' },
    'allow-host': { type: 'string', value: 'NAME', multiple: true, help: 'a further Host header to accept, host.docker.internal say' },
    'allow-origin': { type: 'string', value: 'ORIGIN', multiple: true, help: 'a web origin that may call the bridge' },
    otel: {
      type: 'string',
      value: 'URL',
      help: 'send a span per step to this OTLP/HTTP address; env: the one of OTEL_EXPORTER_OTLP_ENDPOINT',
    },
    'keep-size': {
      type: 'string',
      value: 'SIZE',
      help: 'delete the oldest sessions beyond this size of the store, 500MB or off say (10GB)',
    },
    'keep-days': { type: 'string', value: 'N', help: 'delete sessions after this many days (off)' },
    'no-open': { type: 'boolean', help: 'do not open the browser' },
    'ready-json': { type: 'boolean', help: 'print the ready object as the first line' },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const config = toServeConfig(input, context);
  const proxy = await createProxy({ config, env: context.env, onNotice: context.err });
  // Listened for before the ready line: whoever reads it may send the signal at once.
  const stopped = untilSignal();
  const ready = await proxy.listen();
  if (input.options['ready-json'] === true) context.out(`${JSON.stringify(ready)}\n`);
  else context.out(toGreeting(ready.apiBase, ready.uiUrl, proxy.upstreamNames));
  if (input.options['no-open'] !== true && input.options['ready-json'] !== true && !context.env['CI']) openBrowser(ready.uiUrl);
  await stopped;
  await proxy.close();
  return 0;
}

/** Settles with the first signal that ends a program. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** The options of `serve` (also the arguments of the desktop app's bridge) as a checked configuration. */
export function toServeConfig(input: CommandInput, { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): ProxyConfig {
  return readConfig(
    {
      port: stringOption(input, 'port'),
      host: stringOption(input, 'host'),
      dataDir: stringOption(input, 'data-dir'),
      config: stringOption(input, 'config'),
      upstream: listOption(input, 'upstream'),
      allowRemote: input.options['allow-remote'] === true,
      allowHost: listOption(input, 'allow-host'),
      allowOrigin: listOption(input, 'allow-origin'),
      keepSize: stringOption(input, 'keep-size'),
      keepDays: stringOption(input, 'keep-days'),
      otel: stringOption(input, 'otel'),
    },
    env,
    cwd,
  );
}

function toGreeting(apiBase: string, uiUrl: string, upstreams: readonly string[]): string {
  return [
    `Deltascope is listening.`,
    ``,
    `  Point your client at  ${apiBase}`,
    `  Watch it at           ${uiUrl}`,
    `  Upstreams             ${upstreams.join(', ')}`,
    ``,
    `Stop with Ctrl+C.`,
    ``,
  ].join('\n');
}

/** No browser is no fault: the address is on the screen. */
export function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['cmd', '/c', 'start', '""', url] : ['xdg-open', url];
  const child = spawn(command as string, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
