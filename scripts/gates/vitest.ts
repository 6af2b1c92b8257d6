/** Unit, integration and architecture tests, by vitest's own JSON report. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { asArray, asNumber, asObject, asString, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { fromRoot } from '../lib/paths.ts';
import { runProgram } from '../lib/run-program.ts';
import type { Gate, GateResult } from './gate.ts';

const REPORT = fromRoot('.cache/test/vitest.json');

export const vitestGate: Gate = {
  name: 'unit, integration, architecture',
  run: async () => {
    rmSync(REPORT, { force: true });
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
    const { code, output } = await runProgram('vitest', args, { limitMs: 15 * 60_000 });
    return toResult(code, output);
  },
};

function toResult(code: number | null, output: string): GateResult {
  const report = existsSync(REPORT) ? parseJsonObject(readFileSync(REPORT, 'utf8')) : undefined;
  const count = (name: string): number => asNumber(report?.[name]) ?? 0;
  const failed = count('numFailedTests');
  const files = asArray(report?.['testResults']).map(asObject);
  // A file that can't even be loaded has no failed test in it, and still is a failure.
  const hasFailed = code !== 0 && failed === 0;
  return {
    examined: { count: count('numPassedTests') + failed, what: `tests in ${files.length} files` },
    passed: count('numPassedTests'),
    failed: hasFailed ? Math.max(1, files.filter((file) => file['status'] === 'failed').length) : failed,
    skipped: count('numPendingTests') + count('numTodoTests'),
    notes: files.flatMap(toSkippedNotes),
    output,
  };
}

function toSkippedNotes(file: Record<string, unknown>): string[] {
  const skipped = asArray(file['assertionResults'])
    .map(asObject)
    .filter((test) => test['status'] === 'pending' || test['status'] === 'skipped' || test['status'] === 'todo');
  if (skipped.length === 0) return [];
  const name = (asString(file['name']) ?? '').replace(`${fromRoot()}/`, '');
  return [`${name}: ${skipped.length} skipped, the first is '${asString(skipped[0]?.['fullName']) ?? ''}'`];
}
