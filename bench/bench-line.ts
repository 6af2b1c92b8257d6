/**
 * One line of the benchmark: what is measured, beside which floor, and what must be reached. One file per
 * line in ./lines, one entry in ./lines/index.ts; each line runs in a process of its own (./run-line.ts).
 */
export interface BenchOptions {
  /** Small loads and few pairs: shows that everything runs, says nothing about speed. */
  isQuick: boolean;
  /** Other gateways that get the same load, by name; each serves `<baseURL>/responses`. */
  peers: readonly { name: string; baseURL: string }[];
  /** Where the bench's upstream listens, so that a peer can be configured to use it. */
  upstreamPort: number;
}

export interface BenchResult {
  /** What was measured, in words. */
  line: string;
  /** Of `value` and `floor`. */
  unit: string;
  value: number;
  floor: number;
  /** What `floor` is. */
  floorIs: string;
  /** The number that is judged: value / floor, value - floor where the target is a difference, or value itself. */
  measure: number;
  target: Target | null;
  isReached: boolean | null;
  /** How often value and floor were taken; `measure` is the median over the pairs. */
  pairs: number;
  note?: string;
}

/** `times`: value / floor. `more`: value - floor, and `value`: value alone, both in the line's unit. */
export interface Target {
  as: 'times' | 'more' | 'value';
  atLeast?: number;
  atMost?: number;
}

export interface BenchLine {
  /** For `--line ID`. */
  id: string;
  run(options: BenchOptions): Promise<BenchResult[]>;
}

export interface Pair {
  value: number;
  floor: number;
}

export interface ResultOptions {
  line: string;
  unit: string;
  floorIs: string;
  target: Target | null;
  pairs: readonly Pair[];
  note?: string;
}

/** The median of each side, and the median over the pairs of what is judged. */
export function toResult({ line, unit, floorIs, target, pairs, note }: ResultOptions): BenchResult {
  const as = target?.as ?? 'times';
  const judged = {
    times: ({ value, floor }: Pair) => value / floor,
    more: ({ value, floor }: Pair) => value - floor,
    value: ({ value }: Pair) => value,
  };
  const measure = median(pairs.map(judged[as]));
  return {
    line,
    unit,
    value: median(pairs.map(({ value }) => value)),
    floor: median(pairs.map(({ floor }) => floor)),
    floorIs,
    measure,
    target,
    isReached: target === null ? null : measure >= (target.atLeast ?? -Infinity) && measure <= (target.atMost ?? Infinity),
    pairs: pairs.length,
    ...(note === undefined ? {} : { note }),
  };
}

/** Value and floor in turn, the order changing with every pair, so that a drift of the machine hits both. */
export async function takePairs(
  count: number,
  value: () => number | Promise<number>,
  floor: () => number | Promise<number>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) {
      const first = await floor();
      pairs.push({ floor: first, value: await value() });
    } else {
      const first = await value();
      pairs.push({ value: first, floor: await floor() });
    }
  }
  return pairs;
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

export function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
