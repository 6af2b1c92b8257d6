/**
 * Verdicts for a recorded stream: real clients run and modelled ones are predicted, all in workers. The order
 * is the one of contract 5; a client whose packages are not installed is named with what to do.
 */
import type { Judgement } from '../protocol/client-models/judge-run.ts';
import type { Verdict } from '../protocol/client-models/client-run.ts';
import { clientModels } from '../protocol/client-models/index.ts';
import { realClients } from './clients/index.ts';
import { findPackageVersion } from './load-package.ts';
import { createWorkerPool, type JobOutcome } from './worker-pool.ts';

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
  /** A client that is not through after this counts as hanging; long streams get more. */
  timeoutMs?: number;
}

/** The slowest took 2 s for a megabyte of deltas, on a busy machine. */
const MS_PER_MEGABYTE = 20_000;

export function createVerdictRunner({ workers = 2, timeoutMs = 30_000 }: VerdictRunnerOptions = {}): VerdictRunner {
  const pool = createWorkerPool({ size: workers });
  return {
    async run(first, second, clients = []) {
      const names = CLIENT_NAMES.filter((name) => clients.length === 0 || clients.includes(name));
      const limitMs = timeoutMs + Math.floor((first.length + (second?.length ?? 0)) / 1_000_000) * MS_PER_MEGABYTE;
      const result: VerdictResult = { verdicts: [], unavailable: [] };
      const made = await Promise.all(
        names.map(async (client): Promise<Verdict | { client: string; why: string }> => {
          const known = identify(client);
          if ('why' in known) return known;
          const { outcome, message } = toJudgement(await pool.run({ client, first, second }, limitMs), limitMs);
          return { client, version: known.version, outcome, message, basis: known.basis };
        }),
      );
      for (const one of made) {
        if ('why' in one) result.unavailable.push(one);
        else result.verdicts.push(one);
      }
      return result;
    },
    close: () => pool.close(),
  };
}

/** Which version it is and whether it runs or is modelled; or why it can do neither here. */
function identify(name: string): Pick<Verdict, 'version' | 'basis'> | { client: string; why: string } {
  const model = clientModels.find((one) => one.name === name);
  if (model) return { version: model.version, basis: 'predicted' };
  const client = realClients.find((one) => one.name === name);
  if (!client) return { client: name, why: `There is no client ${name}.` };
  const missing = client.packages.find((one) => findPackageVersion(one) === undefined);
  if (missing !== undefined)
    return { client: name, why: `The package ${missing} is not installed; run npm ci in the repository to judge by ${name}.` };
  return { version: findPackageVersion(client.mainPackage) ?? '', basis: 'ran' };
}

function toJudgement(done: JobOutcome, limitMs: number): Judgement {
  if (done.type === 'hang') return { outcome: 'hang', message: `no end within ${limitMs / 1000} s` };
  if (done.type === 'crash') return { outcome: 'error', message: `the client ended its process: ${done.message}` };
  return done.judgement;
}
