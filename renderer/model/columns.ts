/**
 * Growing typed columns: 100,000 events stay a handful of flat arrays instead of 100,000 objects.
 * Readers look at the first `length` entries that the owner counts.
 */
export type Column = Float64Array | Int32Array | Uint8Array | Uint16Array;

/** Returns a column that holds at least `capacity` entries, keeping what was there. */
export function growFloat64(column: Float64Array, capacity: number): Float64Array {
  if (column.length >= capacity) return column;
  const next = new Float64Array(nextCapacity(column.length, capacity));
  next.set(column);
  return next;
}

export function growInt32(column: Int32Array, capacity: number): Int32Array {
  if (column.length >= capacity) return column;
  const next = new Int32Array(nextCapacity(column.length, capacity));
  next.set(column);
  return next;
}

export function growUint8(column: Uint8Array, capacity: number): Uint8Array {
  if (column.length >= capacity) return column;
  const next = new Uint8Array(nextCapacity(column.length, capacity));
  next.set(column);
  return next;
}

/** Exactly what is wanted at first, when the size is known; twice as much when it turns out to grow. */
function nextCapacity(current: number, wanted: number): number {
  return Math.max(64, wanted, current * 2);
}

/** First position in the sorted column whose value is >= `value` (0..length). */
export function lowerBound(column: Float64Array, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(column, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The number at a position; 0 outside, so that a wrong index draws nothing instead of NaN. */
export function valueAt(column: Column, position: number): number {
  return column[position] ?? 0;
}
