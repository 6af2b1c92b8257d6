/**
 * `deltascope lint FILE…` without the process around it: what is read and where the text goes is the
 * caller's. Exit codes (contract section 2): 0 fine, 1 error findings, 2 unreadable input or bad usage.
 */
import type { Severity } from '../protocol/lint/finding.ts';
import { toJsonReport } from '../protocol/lint/report/json.ts';
import { toPrettyReport } from '../protocol/lint/report/pretty.ts';
import { atLeast, summarize, type FileReport } from '../protocol/lint/report/report.ts';
import { toSarifReport } from '../protocol/lint/report/sarif.ts';
import { findRule } from '../protocol/lint/rules/index.ts';
import { UnreadableFileError } from '../files/recorded-stream.ts';
import { readStreams } from '../files/read-streams.ts';
import { UsageError } from '../errors.ts';
import { lintStreams } from './lint-streams.ts';

export interface LintArgs {
  /** As the caller gave them; `-` is stdin. */
  files: readonly string[];
  format?: string | undefined;
  rules?: readonly string[];
  minSeverity?: string | undefined;
}

export interface LintIo {
  /** Rejects when the file can't be read; `-` is stdin. */
  readFile(file: string): Promise<Uint8Array>;
  version: string;
}

export interface LintOutcome {
  exitCode: 0 | 1 | 2;
  stdout: string;
  /** One line each. */
  stderr: string[];
}

/** @throws UsageError for unknown formats, rules and severities, and when no file is given. */
export async function runLint(args: LintArgs, io: LintIo): Promise<LintOutcome> {
  const format = oneOf(args.format ?? 'pretty', ['pretty', 'json', 'sarif'] as const, '--format');
  const minSeverity: Severity = oneOf(args.minSeverity ?? 'note', ['note', 'warning', 'error'] as const, '--min-severity');
  const ruleIds = (args.rules ?? []).flatMap((list) => list.split(',')).filter((id) => id !== '');
  for (const id of ruleIds) if (!findRule(id)) throw new UsageError(`There is no rule "${id}"; docs/rules/ lists them.`);
  if (args.files.length === 0) throw new UsageError('Which file? Give at least one, or - for stdin.');

  const files: FileReport[] = [];
  const stderr: string[] = [];
  let isUnreadable = false;
  for (const file of args.files) {
    try {
      const { streams, skipped } = await readStreams(file === '-' ? '<stdin>' : file, await read(io, file));
      for (const { name, why } of skipped) stderr.push(`${file}: skipped ${name}: ${why}`);
      for (const { name, events, findings, places } of lintStreams(streams, ruleIds.length > 0 ? new Set(ruleIds) : undefined)) {
        files.push({ file: name, events, findings: atLeast(findings, minSeverity), places });
      }
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      isUnreadable = true;
      stderr.push(`${file}: ${error.message}`);
    }
  }
  const stdout =
    format === 'json'
      ? toJsonReport(files)
      : format === 'sarif'
        ? toSarifReport(files, io.version)
        : files.length > 0
          ? toPrettyReport(files)
          : '';
  return { exitCode: isUnreadable ? 2 : summarize(files).error > 0 ? 1 : 0, stdout, stderr };
}

async function read(io: LintIo, file: string): Promise<Uint8Array> {
  try {
    return await io.readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'permission denied' : message;
    throw new UnreadableFileError(`can't be read: ${why}`, { cause: error });
  }
}

function oneOf<const T extends string>(value: string, allowed: readonly T[], option: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError(`${option} is "${value}"; it must be ${allowed.join(', ')}.`);
  return found;
}
