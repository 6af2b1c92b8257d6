/** Playwright runs by its JSON report; both the page's and the desktop app's gate are made of this. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { asArray, asNumber, asObject, asString, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { fromRoot } from '../lib/paths.ts';
import { runProgram } from '../lib/run-program.ts';
import type { GateResult } from './gate.ts';

export interface PlaywrightRun {
  /** A project of playwright.config.ts. */
  project: string;
  /** Apart from the other runs. */
  reportName: string;
  env: NodeJS.ProcessEnv;
  /** Put before the command, `xvfb-run -a` say. */
  wrapper?: readonly string[];
}

export async function runPlaywright({ project, reportName, env, wrapper = [] }: PlaywrightRun): Promise<GateResult> {
  const report = fromRoot('.cache/test', `${reportName}.json`);
  rmSync(report, { force: true });
  const [command, ...args] = [
    ...wrapper,
    'playwright',
    'test',
    `--project=${project}`,
    '--reporter=line,json',
    `--output=test-results/${reportName}`,
  ];
  const run = await runProgram(command, args, {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  const parsed = existsSync(report) ? parseJsonObject(readFileSync(report, 'utf8')) : undefined;
  const stats = asObject(parsed?.['stats']);
  const count = (name: string): number => asNumber(stats[name]) ?? 0;
  const passed = count('expected') + count('flaky');
  const failed = count('unexpected');
  return {
    examined: { count: passed + failed, what: 'tests' },
    passed,
    failed: run.code !== 0 && failed === 0 ? 1 : failed,
    skipped: count('skipped'),
    notes: asArray(parsed?.['suites']).flatMap(toSkippedTitles),
    output: run.output,
  };
}

/** A suite holds suites and specs; a spec holds tests, whose annotations carry the reason of a skip. */
function toSkippedTitles(value: unknown): string[] {
  const suite = asObject(value);
  const own = asArray(suite['specs'])
    .map(asObject)
    .flatMap((spec) => {
      const test = asObject(asArray(spec['tests'])[0]);
      if (test['status'] !== 'skipped') return [];
      const why = asArray(test['annotations'])
        .map(asObject)
        .map((one) => asString(one['description']))
        .find((one) => one !== undefined);
      return [`skipped: ${asString(spec['title']) ?? ''}${why ? ` (${why})` : ''}`];
    });
  return [...own, ...asArray(suite['suites']).flatMap(toSkippedTitles)];
}
