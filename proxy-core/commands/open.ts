/** `deltascope open`: a bundle, or any recording, straight onto its timeline; in the running bridge, or one that stays until Ctrl+C. */
import { findRunningBridge } from '../bridge-file.ts';
import { readConfig } from '../config.ts';
import { createProxy } from '../create-proxy.ts';
import { UsageError } from '../errors.ts';
import { stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';
import { importIntoBridge, importOne } from './into-bridge.ts';
import { openBrowser, untilSignal } from './serve.ts';

export const openCommand: Command = {
  name: 'open',
  usage: 'FILE…',
  summary: 'Shows a bundle or another recording on its timeline, in the browser; - is stdin.',
  options: {
    'data-dir': { type: 'string', value: 'DIR', help: "folder of the recordings (the system's folder for application data)" },
    port: { type: 'string', value: 'N', help: 'port of a bridge that has to be started (4141, or the next free one)' },
    'no-open': { type: 'boolean', help: 'print the address, do not open the browser' },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.operands.length === 0) throw new UsageError('open: which file? As in: deltascope open bundle.zip.');
  const config = readConfig({ dataDir: stringOption(input, 'data-dir'), port: stringOption(input, 'port') }, context.env, context.cwd);
  const running = await findRunningBridge(config.dataDir);
  const own = running ? undefined : await createProxy({ config, env: context.env, onNotice: context.err });
  const stopped = own && untilSignal();
  try {
    const bridge = running ?? (await own?.listen());
    if (!bridge) return 2;
    const sessions: string[] = [];
    let hasFailed = false;
    for (const file of input.operands) {
      const imported = await importOne(file, context, importIntoBridge(bridge));
      sessions.push(...imported.sessions);
      hasFailed ||= imported.sessions.length === 0;
      for (const { name, why } of imported.skipped) context.err(`deltascope: ${name}: ${why}`);
    }
    const [first] = sessions;
    if (first === undefined) return 2;
    const address = `${bridge.url}/?token=${bridge.token}#/session/${encodeURIComponent(first)}`;
    context.out(`${address}\n${stopped ? '\nStop with Ctrl+C.\n' : ''}`);
    if (input.options['no-open'] !== true && !context.env['CI']) openBrowser(address);
    await stopped;
    return hasFailed ? 2 : 0;
  } finally {
    await own?.close();
  }
}
