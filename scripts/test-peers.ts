/**
 * `npm run test:peers [-- VERSION…]`: real gateways from PyPI in the middle, recorded on both sides, with
 * scripted providers behind them. Not part of `npm test`: it installs hundreds of megabytes.
 */
import { provideLitellm } from '../test/peers/provide-litellm.ts';
import { testLitellm } from '../test/peers/test-litellm.ts';
import { fromRoot } from './lib/paths.ts';

/** One whose bridge breaks streams in many ways, and the newest. */
const VERSIONS = ['1.83.14', '1.109.1'];

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const versions = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const total = { passed: 0, failed: 0 };
for (const version of versions.length > 0 ? versions : VERSIONS) {
  try {
    const install = await provideLitellm(version, fromRoot('.cache', 'peers'));
    print(`LiteLLM ${version}${install.note === null ? '' : ` (${install.note})`}`);
    const { passed, faults } = await testLitellm(install, print);
    total.passed += passed;
    total.failed += faults.length;
    for (const fault of faults) print(`  FAILED  ${fault}`);
  } catch (error) {
    total.failed += 1;
    print(`  FAILED  LiteLLM ${version}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
print(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
