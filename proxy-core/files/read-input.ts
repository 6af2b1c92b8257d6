/** Reads a FILE argument; why it can't be read is said in words. */
import { UnreadableFileError } from './recorded-stream.ts';

export interface InputReader {
  /** Rejects when the file can't be read; `-` is stdin. */
  readFile(file: string): Promise<Uint8Array>;
}

/** @throws UnreadableFileError */
export async function readInput(io: InputReader, file: string): Promise<Uint8Array> {
  try {
    return await io.readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: 'no such file', EISDIR: 'it is a folder', EACCES: 'permission denied' };
    throw new UnreadableFileError(`can't be read: ${reasons[code ?? ''] ?? message}`, { cause: error });
  }
}
