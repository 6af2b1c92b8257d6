/**
 * `npm run test:otel [-- VERSION]`: spans in a real backend, Arize Phoenix from PyPI, read back through its API.
 * Not part of `npm test`: it installs hundreds of megabytes and needs Python.
 */
import { providePhoenix } from '../test/peers/provide-phoenix.ts';
import { testPhoenix } from '../test/peers/test-phoenix.ts';
import { fromRoot } from './lib/paths.ts';

const [version = '20.26.1'] = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const print = (text: string): void => void process.stdout.write(`${text}\n`);
try {
  const binary = await providePhoenix(version, fromRoot('.cache', 'otel'));
  print(`Arize Phoenix ${version}`);
  const { passed, faults } = await testPhoenix(binary, print);
  print(`${passed} passed, ${faults.length} failed`);
  process.exitCode = faults.length > 0 || passed === 0 ? 1 : 0;
} catch (error) {
  print(`FAILED  Arize Phoenix ${version}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
