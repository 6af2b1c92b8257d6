/** `deltascope probe`: drives any Responses server through scenarios and lints each answer (contract 2). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { asObject, parseJson, type JsonObject } from '../protocol/json.ts';
import { compareReports, isProbeReport, toChangeLine } from '../protocol/probe/compare-reports.ts';
import type { ProbeReport } from '../protocol/api/handover-api.ts';
import { runProbe } from '../probe/run-probe.ts';
import { listOption, readInput, stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

export const probeCommand: Command = {
  name: 'probe',
  usage: '--base-url URL --model MODEL [options]',
  summary: 'Drives a Responses server through scenarios and lints every answer. Ends with 1 when a scenario fails.',
  options: {
    'base-url': { type: 'string', value: 'URL', help: 'as SDKs take it, http://127.0.0.1:4141/v1 say' },
    model: { type: 'string', value: 'MODEL', help: 'the model to ask' },
    'api-key': { type: 'string', value: 'KEY', help: 'sent as Authorization: Bearer; env:NAME takes it from the environment' },
    scenario: { type: 'string', value: 'NAME', multiple: true, help: 'only this scenario; repeatable' },
    format: { type: 'string', value: 'FORMAT', help: 'pretty (default) or json' },
    out: { type: 'string', value: 'DIR', help: 'keep what was received there, one file per answer' },
    against: { type: 'string', value: 'FILE', help: 'an earlier report (--format json): says what has changed since' },
    timeout: { type: 'string', value: 'SECONDS', help: 'for one answer (120)' },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const baseURL = stringOption(input, 'base-url');
  const model = stringOption(input, 'model');
  const format = stringOption(input, 'format') ?? 'pretty';
  if (baseURL === undefined || !URL.canParse(baseURL) || !/^https?:$/.test(new URL(baseURL).protocol)) {
    throw new UsageError('probe: --base-url must be an http or https address, http://127.0.0.1:4141/v1 say.');
  }
  if (model === undefined || model === '') throw new UsageError('probe: --model must name the model to ask.');
  if (format !== 'pretty' && format !== 'json') throw new UsageError('probe: --format must be pretty or json.');
  if (input.operands.length > 0) throw new UsageError(`probe: '${input.operands[0] ?? ''}' is not an option.`);
  const seconds = Number(stringOption(input, 'timeout') ?? 120);
  if (!Number.isFinite(seconds) || seconds <= 0) throw new UsageError('probe: --timeout must be a number of seconds above 0.');
  const out = stringOption(input, 'out');
  const earlier = await readReport(stringOption(input, 'against'), context);
  const report = await runProbe({
    ...{ baseURL, model, scenarios: listOption(input, 'scenario'), timeoutMs: seconds * 1000 },
    apiKey: toKey(stringOption(input, 'api-key'), context.env),
    onScenario(scenario, evidence) {
      if (format === 'pretty') context.out(toLine(scenario));
      if (out === undefined) return null;
      const folder = resolve(context.cwd, out);
      mkdirSync(folder, { recursive: true });
      evidence.forEach(({ chunks }, index) =>
        writeFileSync(join(folder, `${scenario.name}.${index + 1}.sse`), Buffer.concat(chunks.map(({ bytes }) => bytes))),
      );
      return null;
    },
  });
  const changes = earlier && compareReports(earlier, asObject(parseJson(JSON.stringify(report))));
  if (format === 'json') context.out(`${JSON.stringify(changes ? { ...report, changes } : report)}\n`);
  else {
    context.out(`\n${report.summary.pass} passed, ${report.summary.fail} failed, ${report.summary.unsupported} not supported\n`);
    if (changes)
      context.out(
        changes.length === 0 ? 'Nothing has changed.\n' : `Changed:\n${changes.map((one) => `  ${toChangeLine(one)}\n`).join('')}`,
      );
  }
  return report.summary.fail > 0 ? 1 : 0;
}

const WORDS = { pass: 'pass', fail: 'FAIL', unsupported: 'not supported' } as const;

function toLine({ name, status, message, findings }: ProbeReport['scenarios'][number]): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const list = errors
    .slice(0, 5)
    .map(({ rule, event, message: text }) => `    ${rule}${event === null ? '' : ` (event ${event})`}: ${text}\n`);
  return `${WORDS[status].padEnd(13)}  ${name.padEnd(30)}  ${message}\n${list.join('')}`;
}

async function readReport(file: string | undefined, context: CommandContext): Promise<JsonObject | undefined> {
  if (file === undefined) return undefined;
  let report: unknown;
  try {
    report = parseJson(Buffer.from(await readInput(file, context)).toString('utf8'));
  } catch (error) {
    throw new UsageError(`probe: the report ${file} can't be read: ${(error as Error).message}.`);
  }
  if (!isProbeReport(report)) throw new UsageError(`probe: ${file} is no report of probe --format json.`);
  return report;
}

/** On the command line a key is in the process list; the environment is the better place. */
function toKey(value: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (!value?.startsWith('env:')) return value;
  const key = env[value.slice(4)];
  if (!key) throw new UsageError(`probe: --api-key names ${value.slice(4)}, which is not set.`);
  return key;
}
