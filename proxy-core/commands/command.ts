/**
 * A command of the command line as data: options make the parser and the help. One file per command,
 * one line in ./index.ts. Exit codes (contract 2): 0 fine, 1 the check found errors, 2 bad usage or
 * unreadable input.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';

export interface OptionDefinition {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** Placeholder of the value in the help, `FILE` say. */
  value?: string;
  help: string;
}

export interface CommandContext {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Bytes on stdin, read to the end. */
  readStdin(): Promise<Buffer>;
  out(text: string | Uint8Array): void;
  err(line: string): void;
}

export interface CommandInput {
  options: { [name: string]: string | boolean | (string | boolean)[] | undefined };
  /** What is no option, in order. */
  operands: string[];
  /** What follows `--`. */
  rest: string[];
}

export interface Command {
  name: string;
  /** After the name, `FILE… [options]` say. */
  usage: string;
  summary: string;
  options: { [name: string]: OptionDefinition };
  run(input: CommandInput, context: CommandContext): Promise<number>;
}

/** @throws UsageError for unknown options and missing values. */
export function parseCommandLine(command: Command, args: readonly string[]): CommandInput {
  const cut = args.indexOf('--');
  const own = cut === -1 ? args : args.slice(0, cut);
  const rest = cut === -1 ? [] : args.slice(cut + 1);
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, { type, multiple }]) => [name, { type, multiple: multiple === true }]),
    );
    // A lone `-` is stdin, which parseArgs takes as an operand already.
    const parsed = parseArgs({ args: [...own], options, allowPositionals: true, strict: true });
    return { options: parsed.values, operands: parsed.positionals, rest };
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('.')[0]}. See: deltascope ${command.name} --help`);
  }
}

export function toHelp(command: Command): string {
  const rows = Object.entries(command.options).map(([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help] as const);
  const width = Math.max(...rows.map(([flag]) => flag.length), 6);
  const lines = rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`);
  return [
    `Usage: deltascope ${command.name} ${command.usage}`,
    '',
    command.summary,
    ...(lines.length > 0 ? ['', 'Options:', ...lines] : []),
    '',
  ].join('\n');
}

export function stringOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

export function listOption(input: CommandInput, name: string): string[] {
  const value = input.options[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A FILE operand, relative to the caller's folder; `-` is stdin. Rejects with the system's own error. */
export async function readInput(file: string, context: CommandContext): Promise<Uint8Array> {
  return file === '-' ? context.readStdin() : readFile(resolve(context.cwd, file));
}

export interface CommandOutcome {
  exitCode: number;
  stdout: string | Uint8Array;
  stderr: readonly string[];
}

export function printOutcome({ exitCode, stdout, stderr }: CommandOutcome, context: CommandContext): number {
  if (stdout.length > 0) context.out(stdout);
  for (const line of stderr) context.err(line.startsWith('deltascope:') ? line : `deltascope: ${line}`);
  return exitCode;
}
