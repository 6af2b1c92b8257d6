/** Unsigned and zigzag varints (LEB128) up to 2^53 - 1, for the packed marks of a segment. */
export interface VarintWriter {
  unsigned(value: number): void;
  signed(value: number): void;
  finish(): Uint8Array;
}

export function createVarintWriter(expectedSize: number): VarintWriter {
  let buffer = Buffer.allocUnsafe(Math.max(16, expectedSize));
  let at = 0;

  function unsigned(value: number): void {
    if (at + 8 > buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    while (value >= 0x80) {
      buffer[at++] = (value % 0x80) | 0x80;
      value = value < 0x80000000 ? value >>> 7 : Math.floor(value / 0x80);
    }
    buffer[at++] = value;
  }

  return {
    unsigned,
    signed: (value) => unsigned(value >= 0 ? value * 2 : -value * 2 - 1),
    finish: () => buffer.subarray(0, at),
  };
}

/** Numbers that nobody wrote: the row is damaged, and nothing in it can be trusted. */
export class DamagedSegmentError extends Error {}

export interface VarintReader {
  unsigned(): number;
  signed(): number;
}

export function createVarintReader(bytes: Uint8Array): VarintReader {
  let at = 0;

  function unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new DamagedSegmentError('A packed segment ends in the middle of a number.');
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new DamagedSegmentError('A number of a packed segment is too large to be one.');
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  return {
    unsigned,
    signed: () => {
      const value = unsigned();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
  };
}
