/** `deltascope repro`: a failing stream down to the few events that matter, and a script that shows it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { readStreams } from '../files/read-streams.ts';
import type { RecordedStream } from '../files/recorded-stream.ts';
import { toClientFailure, toRuleFailure, type Failure } from '../repro/failure.ts';
import { minimise, type MinimalStream } from '../repro/minimise.ts';
import { toReproFiles } from '../repro/repro-files.ts';
import { createVerdictRunner, type VerdictRunner } from '../verdicts/run-clients.ts';
import { readInput, stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

export const reproCommand: Command = {
  name: 'repro',
  usage: 'FILE (--rule ID | --client NAME) --out DIR',
  summary:
    'Reduces a failing stream to the few events with which a rule or a real client still fails, by running it, and writes them with a script. X.step2.sse beside X.sse answers the second request.',
  options: {
    rule: { type: 'string', value: 'ID', help: 'keep what breaks this rule (default: the first error)' },
    client: { type: 'string', value: 'NAME', help: 'keep what this client fails on, with the same message' },
    out: { type: 'string', value: 'DIR', help: 'where to write repro.sse, repro.mjs and README.md' },
    format: { type: 'string', value: 'FORMAT', help: 'pretty (default) or json' },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const [file, ...others] = input.operands;
  const out = stringOption(input, 'out');
  const rule = stringOption(input, 'rule');
  const client = stringOption(input, 'client');
  if (file === undefined || others.length > 0)
    throw new UsageError('repro: name one file, as in: deltascope repro X.sse --client ai6 --out DIR.');
  if (out === undefined) throw new UsageError('repro: say where to write it, as in: --out DIR.');
  if (rule !== undefined && client !== undefined) throw new UsageError('repro: give --rule or --client, not both.');
  const candidates = await readCandidates(file, context);
  const runner = createVerdictRunner();
  try {
    const { first, second, failure } = await findFailing(candidates, { rule, client }, runner);
    const minimal = await minimise({ first, second, failure });
    const files = await toReproFiles(minimal, failure);
    const folder = resolve(context.cwd, out);
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
    context.out(toOutcome(minimal, failure, [...files.keys()], stringOption(input, 'format') === 'json'));
    return 0;
  } finally {
    await runner.close();
  }
}

interface Candidate {
  name: string;
  first: Uint8Array;
  second: Uint8Array | undefined;
}

async function readCandidates(file: string, context: CommandContext): Promise<Candidate[]> {
  let streams: RecordedStream[];
  try {
    ({ streams } = await readStreams(file === '-' ? '<stdin>' : file, await readInput(file, context)));
  } catch (error) {
    throw new UsageError(`repro: ${file}: ${(error as Error).message}`);
  }
  const only = streams.length === 1 && file.endsWith('.sse') && !file.endsWith('.step2.sse') ? await readBeside(file, context) : undefined;
  return streams.map((stream, index) => {
    const next = streams[index + 1];
    return { name: stream.name, first: stream.bytes, second: only ?? (stream.step === undefined ? undefined : next?.bytes) };
  });
}

async function readBeside(file: string, context: CommandContext): Promise<Uint8Array | undefined> {
  try {
    return await readInput(file.replace(/\.sse$/, '.step2.sse'), context);
  } catch {
    return undefined; // there is no second step, which is the common case
  }
}

/** The first stream that fails as asked; in a bundle, say, it may be any step. */
async function findFailing(
  candidates: readonly Candidate[],
  { rule, client }: { rule: string | undefined; client: string | undefined },
  runner: VerdictRunner,
): Promise<Candidate & { failure: Failure }> {
  let last: unknown = new UsageError('repro: no stream is in the file.');
  for (const candidate of candidates) {
    try {
      const failure = client === undefined ? toRuleFailure(rule, candidate.first) : await toClientFailure(client, candidate, runner);
      return { ...candidate, failure };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      last = error;
    }
  }
  throw last;
}

function toOutcome(
  { before, after, tries, isMinimal }: MinimalStream,
  failure: Failure,
  files: readonly string[],
  isJson: boolean,
): string {
  if (isJson) return `${JSON.stringify({ failure: failure.name, message: failure.message, before, after, tries, isMinimal, files })}\n`;
  return `${failure.name}: ${failure.message}\n${before} frames reduced to ${after} in ${tries} tries.\nWrote ${files.join(', ')}.\n`;
}
