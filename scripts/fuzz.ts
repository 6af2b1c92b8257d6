/**
 * `npm run fuzz [-- --minutes N] [--target NAME]… [--seed S] [--case N]`: the parsers under broken bytes, in
 * turn, until the time is over; ten minutes when nothing is said. Each round has a seed of its own, counted on
 * from the first, which is printed; `--case N` repeats one case.
 */
import { parseArgs } from 'node:util';
import type { FuzzTarget } from '../test/fuzz/fuzz-target.ts';
import { runCases } from '../test/fuzz/run-cases.ts';
import { fuzzTargets } from '../test/fuzz/targets/index.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    target: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    case: { type: 'string' },
  },
});
const [minutes, seed, number] = [values.minutes, values.seed, values.case ?? '0'].map(Number) as [number, number, number];
if (![minutes, seed, number].every((value) => Number.isFinite(value) && value >= 0)) fail('--minutes, --seed and --case want numbers.');
const unknown = values.target.find((name) => !fuzzTargets.some((target) => target.name === name));
if (unknown !== undefined) fail(`There is no target '${unknown}'. Targets: ${fuzzTargets.map(({ name }) => name).join(', ')}.`);
const targets = fuzzTargets.filter(({ name }) => values.target.length === 0 || values.target.includes(name));

const failures: string[] = [];
const counts = new Map<string, number>();
if (values.case !== undefined) await run(targets[0] as FuzzTarget, { seed, first: number, goesOn: (done) => done < 1 });
else await runFor(minutes * 60_000);

for (const [name, count] of counts) print(`${name.padEnd(20)} ${count} cases`);
print(`${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);

/** A failure ends its target's round, not the run: the other targets go on, and the next round tries again. */
async function runFor(limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  print(`seed ${seed}, ${targets.length} targets, ${limitMs / 60_000} minutes`);
  for (let round = 0; performance.now() < end; round++) {
    for (const target of targets) {
      const goesOn = (done: number): boolean => done < target.cases * 2 && performance.now() < end;
      await run(target, { seed: seed + round, goesOn });
    }
  }
}

async function run(target: FuzzTarget, range: Parameters<typeof runCases>[1]): Promise<void> {
  try {
    counts.set(target.name, (counts.get(target.name) ?? 0) + (await runCases(target, range)));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    failures.push(words);
    print(`FAILED  ${words}\n`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(sentence: string): never {
  process.stderr.write(`fuzz: ${sentence}\n`);
  process.exit(2);
}
