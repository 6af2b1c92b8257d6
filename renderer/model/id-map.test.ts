import { describe, expect, it } from 'vitest';
import { BROKEN, cleanRows, LEAKED, RS, toTrack } from './example-rows.ts';
import { toIdMap } from './id-map.ts';
import { buildIdRegistry } from './id-registry.ts';

describe('toIdMap', () => {
  const tracks = [toTrack(BROKEN)];
  const map = toIdMap(tracks, buildIdRegistry(tracks), new Set());
  const row = (id: string) => map.groups.flatMap((group) => group.rows).find((candidate) => candidate.look.id === id)!;
  it('draws what is missing', () => {
    // chunk, added, delta, done, final
    expect(row(RS).cells.map((cell) => (cell.isMissing ? '-' : cell.count))).toEqual([0, 1, '-', 2, '-']);
    expect(row(LEAKED).cells.map((cell) => (cell.isMissing ? '-' : cell.count))).toEqual([0, '-', 2, 1, 1]);
  });
  it('says what is wrong in words', () => {
    expect(row(RS).note?.text).toBe('4 events use other ids');
    expect(row(LEAKED).note?.text).toBe('never announced');
    expect(row('rs_-432935941276589070').note?.text).toBe('only in final output');
  });
  it('folds four look-alike orphans into one row', () => {
    const reasoning = map.groups.find((group) => group.title === 'Reasoning')!;
    const fold = reasoning.rows.find((candidate) => candidate.ids.length > 1)!;
    expect(fold.ids).toHaveLength(4);
    expect(fold.cells[2]).toMatchObject({ count: 4, isMissing: false });
  });
  it('finds nothing missing in a clean stream', () => {
    const clean = [toTrack(cleanRows(3))];
    const cells = toIdMap(clean, buildIdRegistry(clean), new Set()).groups.flatMap((group) => group.rows.flatMap((each) => each.cells));
    expect(cells.some((cell) => cell.isMissing)).toBe(false);
  });
  it('keeps one column per step when there are many, and opens those that were clicked', () => {
    const many = Array.from({ length: 6 }, (_, i) => toTrack(cleanRows(2, `msg_${i}`, `resp_${i}`), `step-${i}`));
    expect(toIdMap(many, buildIdRegistry(many), new Set([2])).columns.map((column) => column.title || column.step)).toEqual([
      0,
      1,
      'Input',
      'Chunk',
      'Added',
      'Delta',
      'Done',
      'Final',
      3,
      4,
      5,
    ]);
  });
});
