#!/usr/bin/env node
/** The command line: finds the command, parses its options, turns errors into one line and an exit code. */
import { commands } from './commands/index.ts';
import { parseCommandLine, toHelp, type CommandContext } from './commands/command.ts';
import { UsageError } from './errors.ts';
import { VERSION } from './version.ts';

/** The store's native part needs Node-API 10; under an older one it does not throw, it ends the process. */
const MIN_NODE_API = 10;

async function main(args: readonly string[]): Promise<number> {
  if (Number(process.versions['napi']) < MIN_NODE_API) {
    throw new UsageError(`This is Node ${process.versions.node}, and Deltascope needs 22.14 or newer: install it, or use the desktop app.`);
  }
  const [name, ...rest] = args;
  const context = createContext();
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    context.out(toOverview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    context.out(`${VERSION}\n`);
    return 0;
  }
  const entry = commands.find((one) => one.name === name);
  if (!entry) throw new UsageError(`There is no command '${name}'. Commands: ${commands.map((one) => one.name).join(', ')}.`);
  const command = await entry.load();
  const cut = rest.indexOf('--');
  if ((cut === -1 ? rest : rest.slice(0, cut)).some((arg) => arg === '--help' || arg === '-h')) {
    context.out(toHelp(command));
    return 0;
  }
  return command.run(parseCommandLine(command, rest), context);
}

function toOverview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: deltascope <command> [options]',
    '',
    'Commands:',
    ...rows,
    '',
    'Options of a command: deltascope <command> --help',
    '',
  ].join('\n');
}

function createContext(): CommandContext {
  return {
    cwd: process.cwd(),
    env: process.env,
    async readStdin() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      return Buffer.concat(parts);
    },
    out: (text) => void process.stdout.write(text),
    err: (line) => void process.stderr.write(`${line}\n`),
  };
}

main(process.argv.slice(2)).then(
  (code) => {
    // Not process.exit: what is still being written to a pipe must arrive.
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof Error && (error as Partial<UsageError>).isUsageError === true;
    process.stderr.write(
      `deltascope: ${isUsage ? (error as Error).message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 2;
  },
);
