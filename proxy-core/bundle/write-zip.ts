/** Files to a zip in memory. Times are fixed: the same files give the same bytes. */
import { buffer as collect } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

const MTIME = new Date(Date.UTC(2020, 0, 1));

export async function writeZip(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of files)
    zip.addBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name, { mtime: MTIME, mode: 0o100644 });
  zip.end();
  return collect(zip.outputStream);
}
