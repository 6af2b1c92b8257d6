/** Random numbers that a seed repeats (mulberry32). The only source of chance in the fuzzer. */
export interface Random {
  /** A whole number from 0 to `end` - 1; 0 when there is nothing to choose from. */
  below(end: number): number;
  pick<T>(list: readonly T[]): T;
  /** True once in `times`. */
  oneIn(times: number): boolean;
}

export function createRandom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((sum, seed) => Math.imul(sum ^ seed, 0x9e3779b1) + 0x85ebca6b, 0x1234567) | 0;
  function below(end: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return end <= 1 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }
  return {
    below,
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error('There is nothing to pick from.');
      return list[below(list.length)] as T;
    },
    oneIn: (times) => below(times) === 0,
  };
}
