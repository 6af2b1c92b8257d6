/**
 * Runs cases of one target. A case is made from seed and number alone, so that `npm run fuzz -- --target NAME
 * --seed S --case N` makes it again; its bytes are kept in .cache/fuzz when it fails.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FREE_BYTES, type FuzzTarget, type RunningTarget } from './fuzz-target.ts';
import { mutate } from './mutate.ts';
import { createRandom } from './random.ts';
import { watchFor } from './watchdog.ts';

const KEPT = join(import.meta.dirname, '..', '..', '.cache', 'fuzz');

export interface CaseRange {
  seed: number;
  /** Number of the first case. */
  first?: number;
  /** Asked before each case; false ends. */
  goesOn: (done: number) => boolean;
}

/** @returns how many cases ran. @throws with the way to repeat the first case that failed. */
export async function runCases(target: FuzzTarget, { seed, first = 0, goesOn }: CaseRange): Promise<number> {
  const seeds = target.seeds();
  if (seeds.length === 0) throw new Error(`${target.name}: there is no file to start from.`);
  const running = await target.start();
  const watchdog = watchFor(`fuzz target ${target.name}, seed ${seed}`);
  let done = 0;
  try {
    for (; goesOn(done); done++) {
      const number = first + done;
      watchdog.begin(number);
      const random = createRandom(seed, number, target.name.length);
      const pick = (): Uint8Array => random.pick(seeds);
      const bytes = target.make ? await target.make(random, seeds) : mutate(pick(), random, pick);
      try {
        await runCase(running, bytes, seed + number);
      } catch (error) {
        throw toFailure(error, { target, seed, number, bytes });
      }
    }
    await running.stop?.();
  } finally {
    watchdog.end();
  }
  return done;
}

/** @throws when the target does, or makes too much of the bytes. */
export async function runCase(running: RunningTarget, bytes: Uint8Array, seed: number): Promise<void> {
  const made = await running.run(bytes, createRandom(seed));
  const allowed = FREE_BYTES + bytes.length * running.maxGrowth;
  if (!(made <= allowed)) throw new Error(`${bytes.length} bytes became ${made}; at most ${allowed} are in proportion.`);
}

function toFailure(error: unknown, at: { target: FuzzTarget; seed: number; number: number; bytes: Uint8Array }): Error {
  const { target, seed, number, bytes } = at;
  const path = join(KEPT, `${target.name}-${seed}-${number}.bin`);
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(path, bytes);
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const repeat = `npm run fuzz -- --target ${target.name} --seed ${seed} --case ${number}`;
  return new Error(
    `${target.name}: case ${number} of seed ${seed} failed.\n${words}\nAgain: ${repeat}\nIts ${bytes.length} bytes: ${path}`,
  );
}
