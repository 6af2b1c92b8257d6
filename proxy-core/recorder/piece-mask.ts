/**
 * Known secrets in a stream that comes in pieces: one that begins in a piece and ends in a later one. What
 * went before can't be taken back, so a piece that ends in the first half of a secret loses that end at once,
 * and the rest is masked when it comes. Marks have the length of what they stand for.
 */

/** So much of a secret's beginning is nothing else; a shorter one, `sk-proj-` say, tells nothing and stays. */
const TELLING_BYTES = 12;
const LINE_END = 0x0a;
const NOTHING = Buffer.alloc(0);

/** @param secrets may grow while the stream runs. @param maskWhole masks what lies inside one piece. */
export function createPieceMask(
  secrets: ReadonlyMap<string, Buffer>,
  maskWhole: (bytes: Uint8Array) => Uint8Array,
  toMask: (length: number) => string,
): (piece: Uint8Array) => Uint8Array {
  /** The beginning of a secret that the last pieces ended in, as it came. */
  let begun: Buffer = NOTHING;

  return (piece) => {
    if (piece.length === 0) return piece;
    let masked = maskWhole(piece);
    const view = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const mark = (from: number, to: number): void => {
      if (masked === piece) masked = Buffer.from(view);
      masked.set(Buffer.from(toMask(to - from)), from);
    };
    if (begun.length > 0) {
      const rest = restOf(begun, view);
      if (rest > 0) mark(0, rest);
    }
    // No secret holds a line end, and nearly every piece of an event stream ends in one.
    begun = view.at(-1) === LINE_END ? NOTHING : beginningIn(begun.length > 0 ? Buffer.concat([begun, view]) : view);
    const own = Math.min(begun.length, piece.length);
    if (begun.length >= TELLING_BYTES) mark(piece.length - own, piece.length);
    return masked;
  };

  /** How many bytes of the piece finish a secret that was begun before it. */
  function restOf(before: Buffer, piece: Buffer): number {
    let most = 0;
    for (const secret of secrets.values()) {
      for (let at = Math.max(0, before.length - secret.length + 1); at < before.length; at++) {
        const head = before.length - at;
        const rest = secret.length - head;
        if (rest > piece.length || secret.compare(before, at, before.length, 0, head) !== 0) continue;
        if (secret.compare(piece, 0, rest, head) === 0) most = Math.max(most, rest);
      }
    }
    return most;
  }

  /** The longest end of these bytes that a secret begins with. */
  function beginningIn(bytes: Buffer): Buffer {
    let longest = 0;
    for (const secret of secrets.values()) {
      for (let length = Math.min(secret.length - 1, bytes.length); length > longest; length--) {
        if (secret.compare(bytes, bytes.length - length, bytes.length, 0, length) === 0) longest = length;
      }
    }
    return longest === 0 ? NOTHING : Buffer.from(bytes.subarray(bytes.length - longest));
  }
}
