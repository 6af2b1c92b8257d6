/** A failing stream down to the events without which it does not fail in that way any more. */
import { UsageError } from '../errors.ts';
import { ddmin } from './ddmin.ts';
import type { Failure } from './failure.ts';
import { isNumberedInOrder, toBytes, toParts, type StreamPart } from './stream-parts.ts';

export interface MinimiseOptions {
  first: Uint8Array;
  /** Answers the client's second request. */
  second: Uint8Array | undefined;
  failure: Failure;
  onProgress?: (left: number, tries: number) => void;
  maxTries?: number;
  signal?: AbortSignal;
}

export interface MinimalStream {
  first: Uint8Array;
  second: Uint8Array | undefined;
  /** Frames before and after, of both streams. */
  before: number;
  after: number;
  tries: number;
  isMinimal: boolean;
}

/** @throws UsageError when the stream does not fail in that way to begin with (twice in a row). */
export async function minimise({ first, second, failure, onProgress, maxTries, signal }: MinimiseOptions): Promise<MinimalStream> {
  const parts = toParts(first);
  const isRenumbered = isNumberedInOrder(parts) && !(failure.rule?.startsWith('sequence-number') ?? false);
  const options = { ...(onProgress ? { onProgress } : {}), ...(maxTries === undefined ? {} : { maxTries }), ...(signal ? { signal } : {}) };
  const asBytes = (some: readonly StreamPart[]): Uint8Array => toBytes(some, isRenumbered);
  if (!(await failure.holds(first, second)))
    throw new UsageError('The stream fails now and then only; what can’t be repeated can’t be reduced.');

  const keptSecond = second !== undefined && !(await failure.holds(first, undefined)) ? second : undefined;
  const small = await ddmin({ ...options, items: parts, holds: (some) => failure.holds(asBytes(some), keptSecond) });
  const result = asBytes(small.items);
  let secondResult = keptSecond;
  let secondTries = 0;
  let secondCount = 0;
  if (keptSecond) {
    const items = toParts(keptSecond);
    const isSecondRenumbered = isNumberedInOrder(items);
    const smallSecond = await ddmin({ ...options, items, holds: (some) => failure.holds(result, toBytes(some, isSecondRenumbered)) });
    secondResult = toBytes(smallSecond.items, isSecondRenumbered);
    secondTries = smallSecond.tries;
    secondCount = smallSecond.items.length;
  }
  return {
    first: result,
    second: secondResult,
    before: parts.length + (second ? toParts(second).length : 0),
    after: small.items.length + secondCount,
    tries: small.tries + secondTries,
    isMinimal: small.isMinimal,
  };
}
