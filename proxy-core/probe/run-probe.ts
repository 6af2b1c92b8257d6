/** Drives a Responses server through scenarios and lints every answer (contract 2, `probe`). */
import { UsageError } from '../errors.ts';
import { lintStreams } from '../linter/lint-streams.ts';
import type { RecordedSession } from '../protocol/capture/recorded-session.ts';
import type { ProbeReport, ScenarioReport } from '../protocol/api/handover-api.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { toImportedStep } from '../import/imported-step.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { ask, type AskTarget, type Evidence } from './ask.ts';
import { ScenarioResult, type Scenario } from './scenario.ts';
import { scenarios as allScenarios } from './scenarios/index.ts';

export interface ProbeOptions {
  baseURL: string;
  model: string;
  apiKey?: string | undefined;
  /** Names; empty or absent: all. */
  scenarios?: readonly string[];
  headers?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Told after each scenario, with what was received. Returns where that is kept. */
  onScenario?: (report: ScenarioReport, evidence: readonly Evidence[]) => string | null | Promise<string | null>;
}

const TIMEOUT_MS = 120_000;

/** @throws UsageError for unknown scenario names. */
export async function runProbe(options: ProbeOptions): Promise<ProbeReport> {
  const wanted = chooseScenarios(options.scenarios ?? []);
  const { baseURL, model, apiKey, signal = new AbortController().signal } = options;
  const target: AskTarget = {
    baseURL,
    headers: {
      'user-agent': 'Deltascope/probe',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...options.headers,
    },
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    signal,
  };
  const reports: ScenarioReport[] = [];
  for (const scenario of wanted) {
    if (signal.aborted) break;
    const { report, evidence } = await runScenario(scenario, target, model);
    report.sessionId = (await options.onScenario?.(report, evidence)) ?? null;
    reports.push(report);
  }
  const count = (status: ScenarioReport['status']): number => reports.filter((one) => one.status === status).length;
  return { baseURL, model, scenarios: reports, summary: { pass: count('pass'), fail: count('fail'), unsupported: count('unsupported') } };
}

export function chooseScenarios(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !allScenarios.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new UsageError(`There is no scenario '${unknown}'. Known: ${allScenarios.map(({ name }) => name).join(', ')}.`);
  return names.length === 0 ? allScenarios : allScenarios.filter(({ name }) => names.includes(name));
}

async function runScenario(
  scenario: Scenario,
  target: AskTarget,
  model: string,
): Promise<{ report: ScenarioReport; evidence: Evidence[] }> {
  const evidence: Evidence[] = [];
  const base = { name: scenario.name, title: scenario.title, sessionId: null };
  let outcome: { status: ScenarioReport['status']; message: string };
  try {
    const message = await scenario.run({
      model,
      async ask(body, options = {}) {
        const asked = await ask(target, body, options);
        evidence.push(asked.evidence);
        return asked.answer;
      },
    });
    outcome = { status: 'pass', message };
  } catch (error) {
    if (!(error instanceof ScenarioResult)) throw error;
    outcome = { status: error.status, message: error.message };
  }
  const findings = lintEvidence(scenario.name, evidence);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (outcome.status !== 'fail' && errors[0]) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more errors)` : '';
    outcome = { status: 'fail', message: `The stream breaks the protocol: ${errors[0].message}${more}` };
  }
  return { report: { ...base, ...outcome, findings }, evidence };
}

/** The answers of one scenario are the steps of one session. */
function lintEvidence(name: string, evidence: readonly Evidence[]): Finding[] {
  const streams = evidence
    .filter(({ isPartial, status }) => !isPartial && status < 400)
    .map((one, step) => ({
      name: `${name}/${step}`,
      bytes: Buffer.concat(one.chunks.map(({ bytes }) => bytes)),
      request: one.request,
      step,
    }))
    .filter(({ bytes }) => readFrames(bytes).length > 0);
  return lintStreams(streams).flatMap(({ findings }) => findings);
}

/** The answers of a scenario as a session of the record. */
export function toEvidenceSession(report: ScenarioReport, baseURL: string, evidence: readonly Evidence[]): RecordedSession {
  const { host, pathname } = new URL(baseURL);
  return {
    title: `Probe: ${report.title}`,
    client: { name: 'Deltascope probe', version: '' },
    steps: evidence.map((one) =>
      toImportedStep({
        startedAtUs: one.startedAtMs * 1000,
        method: 'POST',
        path: `${pathname.replace(/\/+$/, '')}/responses`,
        headers: [['content-type', 'application/json']],
        body: Buffer.from(JSON.stringify(one.request), 'utf8'),
        upstream: host,
        transport: 'http',
        status: one.status,
        responseHeaders: one.responseHeaders,
        writes: one.chunks,
        endUs: one.chunks.at(-1)?.tUs ?? 0,
      }),
    ),
  };
}
