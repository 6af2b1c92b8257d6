/**
 * `deltascope repair FILE` without the process around it. Exit codes (contract section 2): 0 mended (or
 * nothing to mend), 1 something could not be repaired, 2 unreadable or bad usage.
 */
import { UsageError } from '../errors.ts';
import { readInput, type InputReader } from '../files/read-input.ts';
import { readStreams } from '../files/read-streams.ts';
import { UnreadableFileError } from '../files/recorded-stream.ts';
import { repairBytes, type RepairReport } from './repair-stream.ts';
import { toStreamBytes } from './stream-bytes.ts';

export interface RepairArgs {
  /** One file; `-` is stdin. */
  files: readonly string[];
  /** `json` prints what was changed in place of the stream. */
  format?: string | undefined;
  out?: string | undefined;
}

export interface RepairIo extends InputReader {
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
}

export interface RepairOutcome {
  exitCode: 0 | 1 | 2;
  stdout: string | Uint8Array;
  /** One line each. */
  stderr: string[];
}

/** @throws UsageError for a wrong number of files, an unknown format, and a FILE with several streams. */
export async function runRepair(args: RepairArgs, io: RepairIo): Promise<RepairOutcome> {
  const { format, out } = args;
  const [file, ...more] = args.files;
  if (format !== undefined && format !== 'json' && format !== 'pretty') throw new UsageError(`--format is "${format}"; it must be json.`);
  if (file === undefined) throw new UsageError('Which file? Give one, or - for stdin.');
  if (more.length > 0) throw new UsageError('repair takes one file; call it once for each.');

  let bytes: Uint8Array;
  let name: string;
  try {
    const { streams } = await readStreams(file === '-' ? '<stdin>' : file, await readInput(io, file));
    const [stream, ...others] = streams;
    if (!stream) throw new UnreadableFileError('no stream was found in it');
    if (others.length > 0) {
      throw new UsageError(
        `${file} holds ${streams.length} streams; unpack the one to repair (${streams.map((one) => one.name).join(', ')}).`,
      );
    }
    bytes = toStreamBytes(stream);
    name = stream.name;
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { exitCode: 2, stdout: '', stderr: [`${file}: ${error.message}`] };
  }

  const { bytes: repaired, report } = repairBytes(bytes);
  if (out !== undefined) await io.writeFile(out, repaired);
  const stdout = format === 'json' ? `${JSON.stringify(toJson(name, report), null, 2)}\n` : out === undefined ? repaired : '';
  return {
    exitCode: report.unrepairable.length > 0 ? 1 : 0,
    stdout,
    stderr: report.unrepairable.map((reason) => `${file}: not repaired: ${reason}.`),
  };
}

function toJson(file: string, { events, changes, unrepairable }: RepairReport): object {
  return { file, events, changed: changes.length > 0, changes, unrepairable };
}
