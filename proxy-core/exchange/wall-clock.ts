/**
 * Microseconds since the epoch, in steps finer than Date.now()'s milliseconds: steps that begin within one
 * millisecond keep their order, and a gateway's chunks their place beside the events made from them.
 */

/** The monotonic clock, set anew when the wall clock was (or the machine slept). */
export function createWallClock(wallMs: () => number = Date.now, monotonicMs: () => number = () => performance.now()): () => number {
  let zeroMs = wallMs() - monotonicMs();
  return () => {
    const driftMs = wallMs() - (monotonicMs() + zeroMs);
    // Date.now() has no fractions: up to a millisecond apart both say the same.
    if (Math.abs(driftMs) > 1.5) zeroMs += driftMs;
    return Math.round((monotonicMs() + zeroMs) * 1000);
  };
}
