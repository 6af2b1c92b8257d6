/**
 * Reads a zip that the bridge made without unpacking it as a whole: the list of files, and the beginning of
 * one of them. What is looked at is then exactly what is saved.
 */
export interface ZipFile {
  name: string;
  size: number;
  compressedSize: number;
  isDeflated: boolean;
  /** Of its local header. */
  offset: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL_BYTES = 30;
const END_BYTES = 22;
const DEFLATE = 8;

/** @throws Error when it is no zip. */
export async function listZip(zip: Blob): Promise<ZipFile[]> {
  const tail = await viewOf(zip.slice(Math.max(0, zip.size - END_BYTES - 0xffff)));
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new Error('The bridge sent something that is no zip.');
  const count = tail.getUint16(at + 10, true);
  const from = tail.getUint32(at + 16, true);
  const directory = await viewOf(zip.slice(from, from + tail.getUint32(at + 12, true)));
  const files: ZipFile[] = [];
  let place = 0;
  for (let index = 0; index < count && directory.getUint32(place, true) === ENTRY; index++) {
    const nameLength = directory.getUint16(place + 28, true);
    files.push({
      name: new TextDecoder().decode(new Uint8Array(directory.buffer, place + 46, nameLength)),
      size: directory.getUint32(place + 24, true),
      compressedSize: directory.getUint32(place + 20, true),
      isDeflated: directory.getUint16(place + 10, true) === DEFLATE,
      offset: directory.getUint32(place + 42, true),
    });
    place += 46 + nameLength + directory.getUint16(place + 30, true) + directory.getUint16(place + 32, true);
  }
  return files;
}

/** Text of a file, at most `maxBytes` of it. */
export async function readZipText(zip: Blob, file: ZipFile, maxBytes: number): Promise<string> {
  const head = await viewOf(zip.slice(file.offset, file.offset + LOCAL_BYTES));
  const from = file.offset + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const body = zip.slice(from, from + file.compressedSize);
  const stream = file.isDeflated ? body.stream().pipeThrough(new DecompressionStream('deflate-raw')) : body.stream();
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let left = maxBytes;
  while (left > 0) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  return text;
}

async function viewOf(blob: Blob): Promise<DataView> {
  return new DataView(await blob.arrayBuffer());
}
