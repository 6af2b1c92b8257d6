/**
 * One parser under fire. Whatever bytes it gets, it must come back, give no more than in proportion to them,
 * and refuse in a sentence what it can't read; `run` throws for everything else. One file per target in
 * ./targets, one line in ./targets/index.ts.
 */
import type { Random } from './random.ts';

export interface FuzzTarget {
  /** Also the folder of its past failures in test/fixtures/fuzz. */
  name: string;
  /** Sound files to start from: of this repository and, when they are there, of ../shared. */
  seeds(): readonly Uint8Array[];
  /** In place of mutated seeds, where broken bytes alone would not get far (archives). */
  make?(random: Random, seeds: readonly Uint8Array[]): Uint8Array | Promise<Uint8Array>;
  /** How many cases `npm test` runs. */
  cases: number;
  start(): RunningTarget | Promise<RunningTarget>;
}

export interface RunningTarget {
  /** @returns how many bytes it made of these. @param random for the borders at which they are cut, say. */
  run(bytes: Uint8Array, random: Random): number | Promise<number>;
  /** What may come of one byte, at most; of the first few kilobytes more. */
  maxGrowth: number;
  /** Says at the end whether all is still well. */
  stop?(): void | Promise<void>;
}

/** Nothing that is read may become more than this, however small it was. */
export const FREE_BYTES = 100_000;

/** A refusal in words is an answer; anything else that is thrown is a fault. */
export function refuses(error: unknown, kinds: readonly (abstract new (...args: never[]) => Error)[]): boolean {
  return kinds.some((kind) => error instanceof kind) && (error as Error).message.trim().length > 3;
}
