/**
 * `npm test`: every check there is. Checks of the sources run side by side with the build; what runs the
 * built product comes after it, one at a time, because the machine may have two cores. Each gate prints what
 * it examined; the last line is a plain count.
 */
import { buildGate } from './gates/build.ts';
import { desktopGate, packedDesktopGate } from './gates/desktop.ts';
import { requireExamined, type Gate, type GateResult } from './gates/gate.ts';
import { pageGate } from './gates/page.ts';
import { deadCodeGate, formatGate, lintGate } from './gates/source-checks.ts';
import { typesGate } from './gates/types.ts';
import { vitestGate } from './gates/vitest.ts';

/** Gates of one row run at once, rows one after the other. */
const ROWS: readonly (readonly Gate[])[] = [
  [buildGate, typesGate],
  [lintGate, formatGate, deadCodeGate],
  [vitestGate],
  [pageGate],
  [desktopGate],
  [packedDesktopGate],
];

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const total = { passed: 0, failed: 0, skipped: 0 };
const failedGates: string[] = [];
for (const row of ROWS) {
  const results = await Promise.all(row.map(runGate));
  for (const result of results) {
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
  }
}
if (failedGates.length > 0) print(`\nFailed: ${failedGates.join(', ')}`);
print(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function runGate(gate: Gate): Promise<GateResult> {
  const startedAt = performance.now();
  const result = requireExamined(await gate.run());
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const mark = result.failed > 0 ? 'FAILED' : result.passed === 0 ? 'not run' : 'ok';
  if (result.failed > 0) {
    failedGates.push(gate.name);
    print(`\n--- ${gate.name}\n${result.output.trimEnd()}\n---`);
  }
  print(`${mark.padEnd(8)}${gate.name}: ${result.examined.count} ${result.examined.what}, ${seconds} s`);
  for (const note of result.notes) print(`        ${note}`);
  return result;
}
