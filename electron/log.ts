/** The log file: what the app and its bridge did, one line each. Two files of a megabyte at most. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_BYTES = 1_048_576;

export interface Log {
  readonly path: string;
  write(line: string): void;
}

export function createLog(folder: string, now: () => Date = () => new Date()): Log {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'deltascope.log');
  let sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    path,
    write(line) {
      const text = `${now().toISOString()} ${line.trimEnd()}\n`;
      try {
        if (sizeBytes > LIMIT_BYTES) {
          renameSync(path, join(folder, 'deltascope.1.log'));
          sizeBytes = 0;
        }
        appendFileSync(path, text);
        sizeBytes += Buffer.byteLength(text);
      } catch {
        // A full disk must not end the app; the line is lost, and the next one is tried again.
      }
    },
  };
}
