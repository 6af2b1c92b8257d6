/** Results of the benchmark as rows of a table, for people. */
import type { BenchResult, Target } from './bench-line.ts';

export function toTableHead(): string {
  return `${['line'.padEnd(58), 'value'.padStart(12), 'floor'.padStart(12), 'unit'.padEnd(10), 'measure'.padStart(9), 'must reach'.padStart(12)].join('  ')}\n`;
}

export function toTableRow({ line, value, floor, unit, measure, target, isReached, note }: BenchResult): string {
  const cells = [
    line.padEnd(58),
    toText(value).padStart(12),
    toText(floor).padStart(12),
    unit.padEnd(10),
    measure.toFixed(2).padStart(9),
    toGoal(target).padStart(12),
    isReached === null ? '' : isReached ? 'ok' : 'MISSED',
  ];
  return `${cells.join('  ').trimEnd()}\n${note === undefined ? '' : `    ${note}\n`}`;
}

function toText(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}

function toGoal(target: Target | null): string {
  if (target === null) return '';
  const sign = { times: '×', more: ' more', value: '' }[target.as];
  return target.atLeast === undefined ? `<= ${target.atMost}${sign}` : `>= ${target.atLeast}${sign}`;
}
