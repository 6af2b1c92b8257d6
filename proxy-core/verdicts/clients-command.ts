/**
 * `deltascope clients FILE…` without the process around it: what is read and where the text goes is the
 * caller's. Exit codes (contract section 2): 0 every verdict is ok, 1 one is not, 2 unreadable or bad usage.
 */
import { availableParallelism } from 'node:os';
import { UsageError } from '../errors.ts';
import { readInput, type InputReader } from '../files/read-input.ts';
import { readStreams } from '../files/read-streams.ts';
import { UnreadableFileError, type RecordedStream } from '../files/recorded-stream.ts';
import type { Verdict } from '../protocol/client-models/client-run.ts';
import { toStreamBytes } from '../repair/stream-bytes.ts';
import { CLIENT_NAMES, createVerdictRunner, type VerdictRunner } from './run-clients.ts';

export interface ClientsArgs {
  /** As the caller gave them; `-` is stdin. */
  files: readonly string[];
  format?: string | undefined;
  /** Names of contract 5, also several with commas; all when empty. */
  clients?: readonly string[];
}

export interface ClientsOutcome {
  exitCode: 0 | 1 | 2;
  stdout: string;
  /** One line each. */
  stderr: string[];
}

interface FileVerdicts {
  file: string;
  verdicts: Verdict[];
}

/** @throws UsageError for unknown formats and clients, and when no file is given. */
export async function runClients(args: ClientsArgs, io: InputReader): Promise<ClientsOutcome> {
  const format = args.format ?? 'pretty';
  if (format !== 'pretty' && format !== 'json') throw new UsageError(`--format is "${format}"; it must be pretty, json.`);
  const clients = (args.clients ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
  const unknown = clients.find((name) => !CLIENT_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new UsageError(`There is no client "${unknown}". Clients: ${CLIENT_NAMES.join(', ')}.`);
  if (args.files.length === 0) throw new UsageError('Which file? Give at least one, or - for stdin.');

  const stderr: string[] = [];
  const inputs: { stream: RecordedStream; second: Uint8Array | undefined }[] = [];
  let isUnreadable = false;
  for (const file of args.files) {
    try {
      const { streams, skipped } = await readStreams(file === '-' ? '<stdin>' : file, await readInput(io, file));
      for (const { name, why } of skipped) stderr.push(`${file}: skipped ${name}: ${why}`);
      for (const stream of streams) inputs.push({ stream, second: await findSecond(stream, streams, file, io) });
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      isUnreadable = true;
      stderr.push(`${file}: ${error.message}`);
    }
  }
  const runner = createVerdictRunner({ workers: Math.min(4, availableParallelism()) });
  try {
    const files = await judgeAll(inputs, clients, runner, stderr);
    const verdicts = files.flatMap((file) => file.verdicts);
    // Streams that nobody could judge are not fine.
    const isUnjudged = inputs.length > 0 && verdicts.length === 0;
    const exitCode = isUnreadable || isUnjudged ? 2 : verdicts.some((verdict) => verdict.outcome !== 'ok') ? 1 : 0;
    return { exitCode, stdout: format === 'json' ? `${JSON.stringify({ files }, null, 2)}\n` : toPretty(files), stderr };
  } finally {
    await runner.close();
  }
}

/** `X.step2.sse` beside `X.sse` answers the client's second request. */
async function findSecond(
  stream: RecordedStream,
  siblings: readonly RecordedStream[],
  file: string,
  io: InputReader,
): Promise<Uint8Array | undefined> {
  if (!stream.name.endsWith('.sse') || stream.name.endsWith('.step2.sse')) return undefined;
  const name = stream.name.replace(/\.sse$/, '.step2.sse');
  const sibling = siblings.find((one) => one.name === name);
  if (sibling) return toStreamBytes(sibling);
  if (stream.name !== file) return undefined;
  try {
    return await io.readFile(name);
  } catch {
    return undefined; // most recordings have no second step
  }
}

/** A few at a time: each stream goes to all clients, and all of them hold its bytes. */
async function judgeAll(
  inputs: readonly { stream: RecordedStream; second: Uint8Array | undefined }[],
  clients: readonly string[],
  runner: VerdictRunner,
  stderr: string[],
): Promise<FileVerdicts[]> {
  const files: FileVerdicts[] = [];
  const unavailable = new Set<string>();
  let next = 0;
  async function work(): Promise<void> {
    for (let at = next++; at < inputs.length; at = next++) {
      const { stream, second } = inputs[at] as (typeof inputs)[number];
      const result = await runner.run(toStreamBytes(stream), second, clients);
      for (const { client, why } of result.unavailable) unavailable.add(`${client}: ${why}`);
      files[at] = { file: stream.name, verdicts: result.verdicts };
    }
  }
  await Promise.all([work(), work()]);
  stderr.push(...unavailable);
  return files;
}

function toPretty(files: readonly FileVerdicts[]): string {
  const blocks = files.map(({ file, verdicts }) => {
    const width = Math.max(0, ...verdicts.map(({ client, version }) => client.length + version.length + 1));
    const rows = verdicts.map(({ client, version, outcome, message, basis }) => {
      const about = [outcome, basis === 'predicted' ? '(predicted)' : '', message].filter((text) => text !== '').join('  ');
      return `  ${`${client} ${version}`.padEnd(width)}  ${about.replaceAll(/\s*\n\s*/g, ' ')}`;
    });
    return [file, ...rows, ''].join('\n');
  });
  const all = files.flatMap((file) => file.verdicts);
  const count = (outcome: string): number => all.filter((verdict) => verdict.outcome === outcome).length;
  if (all.length === 0) return '';
  return `${blocks.join('\n')}\n${count('ok')} ok, ${count('wrong')} silently wrong, ${count('error')} with an error, ${count('hang')} hanging.\n`;
}
