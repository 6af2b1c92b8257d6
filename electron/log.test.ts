import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

const folder = mkdtempSync(join(tmpdir(), 'deltascope-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the log', () => {
  it('has one dated line per event', () => {
    const log = createLog(join(folder, 'one'), () => new Date(0));
    log.write('bridge: ready\n');
    expect(readFileSync(log.path, 'utf8')).toBe('1970-01-01T00:00:00.000Z bridge: ready\n');
  });

  it('begins a new file after a megabyte and keeps one old one', () => {
    const log = createLog(join(folder, 'two'));
    for (let index = 0; index < 30; index++) log.write('x'.repeat(100_000));
    expect(existsSync(join(folder, 'two/deltascope.1.log'))).toBe(true);
    expect(statSync(log.path).size).toBeLessThan(1_300_000);
  });
});
