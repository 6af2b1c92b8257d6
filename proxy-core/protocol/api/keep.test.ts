import { describe, expect, it } from 'vitest';
import { parseKeepDays, parseKeepSize, toSizeText } from './keep.ts';

describe('limits of what is kept', () => {
  it.each([
    ['10GB', 10_000_000_000],
    ['10 gb', 10_000_000_000],
    ['1.5 GB', 1_500_000_000],
    [' 500 MB ', 500_000_000],
    ['2TB', 2_000_000_000_000],
    ['off', null],
    ['OFF', null],
    ['10', undefined],
    ['0 GB', undefined],
    ['0.1 MB', undefined],
    ['-1 GB', undefined],
    ['1e3 GB', undefined],
    ['', undefined],
    ['ten GB', undefined],
  ])('reads the size %j as %s', (text, expected) => {
    expect(parseKeepSize(text)).toBe(expected);
  });

  it.each([
    ['30', 30],
    ['off', null],
    ['0', undefined],
    ['1.5', undefined],
    ['-3', undefined],
    ['a week', undefined],
  ])('reads the age %j as %s', (text, expected) => {
    expect(parseKeepDays(text)).toBe(expected);
  });

  it('says sizes in three digits', () => {
    expect([10_000_000_000, 1_234_567_890, 999_600_000, 45_678_900, 1_400_000, 20_000].map(toSizeText)).toEqual([
      '10 GB',
      '1.23 GB',
      '1 GB',
      '45.7 MB',
      '1.4 MB',
      'less than 1 MB',
    ]);
  });
});
