/**
 * Members of a zip in memory, within limits: nothing is written to disk, names with `..` or an absolute
 * path are refused, and so is an archive that grows out of proportion (a zip bomb).
 */
import { buffer as collect } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { UnreadableFileError } from './recorded-stream.ts';

export interface ZipLimits {
  maxMembers: number;
  maxMemberBytes: number;
  maxTotalBytes: number;
}

const defaultLimits: ZipLimits = { maxMembers: 20_000, maxMemberBytes: 256_000_000, maxTotalBytes: 512_000_000 };

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5) && (bytes[3] === 4 || bytes[3] === 6);
}

/**
 * Members whose name `isWanted`, in the archive's order.
 * @throws UnreadableFileError for a damaged archive, a forbidden name or more than the limits allow.
 */
export async function readZip(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean,
  limits: ZipLimits = defaultLimits,
): Promise<Map<string, Uint8Array>> {
  const members = new Map<string, Uint8Array>();
  let count = 0;
  let total = 0;
  try {
    const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      lazyEntries: true,
      strictFileNames: true,
    });
    for await (const entry of zip.eachEntry()) {
      count += 1;
      if (count > limits.maxMembers) throw new UnreadableFileError(`the archive has more than ${limits.maxMembers} members`);
      if (entry.fileName.endsWith('/') || !isWanted(entry.fileName)) continue;
      if (entry.isEncrypted()) throw new UnreadableFileError(`member ${entry.fileName} is encrypted`);
      total += entry.uncompressedSize;
      if (entry.uncompressedSize > limits.maxMemberBytes || total > limits.maxTotalBytes) {
        throw new UnreadableFileError(`the archive unpacks to more than is allowed (member ${entry.fileName})`);
      }
      // yauzl ends the stream with an error when a member is longer than it said.
      members.set(entry.fileName, await collect(await zip.openReadStreamPromise(entry)));
    }
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(`the archive can't be read: ${(error as Error).message}`, { cause: error });
  }
  return members;
}
