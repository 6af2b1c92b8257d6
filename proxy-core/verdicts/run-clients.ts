/**
 * Verdicts for a recorded stream: real clients run in workers, modelled ones are predicted. The order
 * is the one of contract 5; a client whose packages are not installed is named with what to do.
 */
import { judgeRun, type Judgement } from '../protocol/client-models/judge-run.ts';
import type { ExpectedContent } from '../protocol/repair/expected-content.ts';
import type { Verdict } from '../protocol/client-models/client-run.ts';
import { clientModels } from '../protocol/client-models/index.ts';
import { realClients } from './clients/index.ts';
import { findPackageVersion } from './load-package.ts';
import type { RealClient } from './real-client.ts';
import { toSteps, type RecordedStep } from './read-stream.ts';
import { createWorkerPool, type JobOutcome, type WorkerPool } from './worker-pool.ts';

/** As in contract 5. */
export const CLIENT_NAMES = [
  ...['ai5', 'ai6', 'ai7', 'ai6-openresp', 'ai7-openresp'],
  ...['openai-node-stream', 'openai-node-create', 'openai-node6-stream', 'openai-node5-stream'],
  ...['openai-py-stream', 'openai-py-create', 'openai-py2-stream'],
  ...['agents-py', 'agents-js', 'langchain-py', 'pydantic-py', 'codex'],
] as const;

export interface VerdictRunner {
  /** `second` answers the client's second request (`X.step2.sse`). `clients` empty or absent: all. */
  run(first: Uint8Array, second: Uint8Array | undefined, clients?: readonly string[]): Promise<VerdictResult>;
  close(): Promise<void>;
}

export interface VerdictResult {
  verdicts: Verdict[];
  /** Clients that could not be run here, each with a sentence. */
  unavailable: { client: string; why: string }[];
}

export interface VerdictRunnerOptions {
  workers?: number;
  /** A client that is not through after this counts as hanging. */
  timeoutMs?: number;
}

export function createVerdictRunner({ workers = 2, timeoutMs = 30_000 }: VerdictRunnerOptions = {}): VerdictRunner {
  const pool = createWorkerPool({ size: workers, timeoutMs });
  return {
    async run(first, second, clients = []) {
      const steps = toSteps(first, second);
      const names = CLIENT_NAMES.filter((name) => clients.length === 0 || clients.includes(name));
      const result: VerdictResult = { verdicts: [], unavailable: [] };
      const made = await Promise.all(names.map((name) => verdictOf(name, steps, pool, timeoutMs)));
      for (const one of made) {
        if ('why' in one) result.unavailable.push(one);
        else result.verdicts.push(one);
      }
      return result;
    },
    close: () => pool.close(),
  };
}

async function verdictOf(
  name: string,
  steps: readonly RecordedStep[],
  pool: WorkerPool,
  timeoutMs: number,
): Promise<Verdict | { client: string; why: string }> {
  const client = realClients.find((one) => one.name === name);
  if (client) return runReal(client, steps, pool, timeoutMs);
  const model = clientModels.find((one) => one.name === name);
  if (!model) return { client: name, why: `There is no client ${name}.` };
  const run = model.predict(steps);
  const { outcome, message } =
    run === 'hang'
      ? ({ outcome: 'hang', message: '' } as const)
      : judgeRun(
          run,
          steps.map((step) => step.expected),
        );
  return { client: name, version: model.version, outcome, message, basis: 'predicted' };
}

async function runReal(
  client: RealClient,
  steps: readonly RecordedStep[],
  pool: WorkerPool,
  timeoutMs: number,
): Promise<Verdict | { client: string; why: string }> {
  const missing = client.packages.find((name) => findPackageVersion(name) === undefined);
  if (missing !== undefined) {
    return {
      client: client.name,
      why: `The package ${missing} is not installed; run npm ci in the repository to judge by ${client.name}.`,
    };
  }
  const expected = steps.map((step) => step.expected);
  const done = await pool.run({ client: client.name, bodies: steps.map((step) => step.bytes), steps: expected });
  const { outcome, message } = judgeDone(done, expected, timeoutMs);
  return { client: client.name, version: findPackageVersion(client.mainPackage) ?? '', outcome, message, basis: 'ran' };
}

function judgeDone(done: JobOutcome, expected: readonly ExpectedContent[], timeoutMs: number): Judgement {
  if (done.type === 'hang') return { outcome: 'hang', message: `no end within ${timeoutMs / 1000} s` };
  if (done.type === 'crash') return { outcome: 'error', message: `the client ended its process: ${done.message}` };
  return judgeRun(done.run, expected);
}
