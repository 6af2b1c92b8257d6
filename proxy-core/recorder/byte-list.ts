/**
 * Bytes one after the other in one buffer that grows; nothing of what was appended is held on to. Buffers
 * are used again: at full speed a bridge would otherwise leave hundreds of megabytes a second to the
 * garbage collector.
 */
export interface ByteList {
  append(bytes: Uint8Array): void;
  /** All of them; valid until the next `append` or `release`. */
  view(): Uint8Array;
  /** Forgets them and gives the buffer back. */
  release(): void;
}

const FIRST_BYTES = 4_096;
/** What lies ready: enough for the streams of one flush, not enough to be noticed. */
const MAX_SPARE_BYTES = 2 * 1024 * 1024;

const spare: Buffer[] = [];
let spareBytes = 0;

export function createByteList(): ByteList {
  let buffer: Buffer | undefined;
  let size = 0;

  function grow(needed: number): Buffer {
    const larger = takeBuffer(needed);
    if (buffer) {
      larger.set(buffer.subarray(0, size));
      giveBack(buffer);
    }
    return larger;
  }

  return {
    append(bytes) {
      const needed = size + bytes.length;
      if (!buffer || needed > buffer.length) buffer = grow(needed);
      buffer.set(bytes, size);
      size = needed;
    },
    view: () => buffer?.subarray(0, size) ?? new Uint8Array(),
    release() {
      if (buffer) giveBack(buffer);
      buffer = undefined;
      size = 0;
    },
  };
}

/** Powers of two, so that buffers of one size serve many lists. */
function takeBuffer(needed: number): Buffer {
  const at = spare.findIndex(({ length }) => length >= needed);
  if (at === -1) return Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, 2 ** Math.ceil(Math.log2(needed))));
  const [buffer] = spare.splice(at, 1) as [Buffer];
  spareBytes -= buffer.length;
  return buffer;
}

function giveBack(buffer: Buffer): void {
  if (spareBytes + buffer.length > MAX_SPARE_BYTES) return;
  spareBytes += buffer.length;
  // Small ones first: `takeBuffer` finds the smallest that fits.
  const at = spare.findIndex(({ length }) => length >= buffer.length);
  spare.splice(at === -1 ? spare.length : at, 0, buffer);
}
