/** `deltascope run -- CMD…`: a client that is already connected, whichever variable or switch it listens to. */
import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { findRunningBridge } from '../bridge-file.ts';
import { readConfig, withDefaultUpstreams } from '../config.ts';
import { createProxy } from '../create-proxy.ts';
import { UsageError } from '../errors.ts';
import { stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

export const runCommand: Command = {
  name: 'run',
  usage: '[--upstream NAME] -- COMMAND…',
  summary: 'Starts a command with its base URL pointing at the bridge, and a bridge if none runs. Ends with the command’s exit code.',
  options: {
    upstream: { type: 'string', value: 'NAME', help: 'send everything to this upstream' },
    'data-dir': { type: 'string', value: 'DIR', help: 'data folder of the bridge to use' },
    config: { type: 'string', value: 'FILE', help: 'config file for a bridge that has to be started' },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const [command, ...args] = input.rest.length > 0 ? input.rest : input.operands;
  if (command === undefined) throw new UsageError('run: name the command after --, as in: deltascope run -- codex exec "hello".');
  const upstream = stringOption(input, 'upstream');
  const config = readConfig({ dataDir: stringOption(input, 'data-dir'), config: stringOption(input, 'config') }, context.env, context.cwd);
  const running = await findRunningBridge(config.dataDir);
  const own = running ? undefined : await createProxy({ config, env: context.env, onNotice: context.err });
  const url = running?.url ?? (await own?.listen())?.url ?? '';
  const known = running ? undefined : withDefaultUpstreams(config.upstreams, context.env, '').map(({ name }) => name);
  if (upstream !== undefined && known && !known.includes(upstream)) {
    await own?.close();
    throw new UsageError(`run: no upstream is called '${upstream}'. Configured: ${known.join(', ')}.`);
  }
  if (own) context.err(`deltascope: recording at ${url}`);
  try {
    return await runClient({
      command,
      args: toArguments(command, args, url, upstream),
      env: { ...context.env, ...toEnvironment(url, upstream, context.env) },
    });
  } finally {
    await own?.close();
  }
}

/** Base URLs of the common SDKs. A key is only filled in where the client would refuse to start without one. */
export function toEnvironment(url: string, upstream: string | undefined, env: NodeJS.ProcessEnv): Record<string, string> {
  const base = upstream === undefined ? url : `${url}/u/${encodeURIComponent(upstream)}`;
  const anthropic = `${url}/u/${encodeURIComponent(upstream ?? 'anthropic')}`;
  const gemini = `${url}/u/${encodeURIComponent(upstream ?? 'gemini')}`;
  return {
    OPENAI_BASE_URL: `${base}/v1`,
    OPENAI_API_BASE: `${base}/v1`,
    ANTHROPIC_BASE_URL: anthropic,
    GOOGLE_GEMINI_BASE_URL: gemini,
    DELTASCOPE_URL: url,
    ...(env['OPENAI_API_KEY'] ? {} : { OPENAI_API_KEY: 'deltascope' }),
  };
}

/** Codex listens to no variable: it gets a provider of its own, without the retries that would hide a fault. */
export function toArguments(command: string, args: readonly string[], url: string, upstream: string | undefined): string[] {
  if (basename(command).replace(/\.(cmd|exe)$/i, '') !== 'codex') return [...args];
  const base = upstream === undefined ? `${url}/v1` : `${url}/u/${encodeURIComponent(upstream)}/v1`;
  const provider = 'model_providers.deltascope';
  const settings = [
    'model_provider="deltascope"',
    `${provider}.name="deltascope"`,
    `${provider}.base_url="${base}"`,
    `${provider}.env_key="OPENAI_API_KEY"`,
    `${provider}.wire_api="responses"`,
    `${provider}.request_max_retries=0`,
    `${provider}.stream_max_retries=0`,
  ];
  return [...settings.flatMap((setting) => ['-c', setting]), ...args];
}

interface ClientProcess {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

function runClient({ command, args, env }: ClientProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: 'inherit', env });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
    child.on('error', (error) => reject(new UsageError(`run: ${command} can't be started: ${error.message}.`)));
    child.on('exit', (code, signal) => {
      for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(one, forward);
      // As a shell tells it: 128 and the number of the signal.
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGHUP' ? 1 : signal === 'SIGKILL' ? 9 : 15));
    });
  });
}
