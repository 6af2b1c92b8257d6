/**
 * The worker in which real clients run, and the models of others: its own heap and its own unhandled rejections,
 * so that a client that misbehaves or never ends takes nothing with it, and a long stream holds up nobody. One
 * job at a time; ./run-clients.ts sends them. Entry of its own in the bundle, because a worker is started by file.
 */
import { parentPort } from 'node:worker_threads';
import { emptyRun, type ClientRun } from '../protocol/client-models/client-run.ts';
import { clientModels } from '../protocol/client-models/index.ts';
import { judgeRun, type Judgement } from '../protocol/client-models/judge-run.ts';
import { realClients } from './clients/index.ts';
import { toErrorMessage } from './error-message.ts';
import { toSteps, type RecordedStep } from './read-stream.ts';
import { createScene } from './scene.ts';

export interface WorkerJob {
  id: number;
  client: string;
  first: Uint8Array;
  /** Answers the client's second request. */
  second: Uint8Array | undefined;
}
export interface WorkerResult {
  id: number;
  judgement: Judgement;
}

// SDKs reject side promises that nobody awaits (usage, steps, …); what counts is what the client shows.
process.on('unhandledRejection', () => undefined);
// Some SDKs print warnings; stdout and stderr belong to the command line.
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined;

parentPort?.on('message', (job: WorkerJob) => {
  void judge(job).then((judgement) => parentPort?.postMessage({ id: job.id, judgement } satisfies WorkerResult));
});

/** The same stream comes once per client. */
let last: { first: Uint8Array; second: Uint8Array | undefined; steps: RecordedStep[] } | undefined;

function read({ first, second }: WorkerJob): RecordedStep[] {
  if (!last || !isSame(last.first, first) || !isSame(last.second, second)) last = { first, second, steps: toSteps(first, second) };
  return last.steps;
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === right || (left !== undefined && right !== undefined && Buffer.compare(left, right) === 0);
}

async function judge(job: WorkerJob): Promise<Judgement> {
  const steps = read(job);
  const model = clientModels.find((one) => one.name === job.client);
  const run = model ? model.predict(steps) : await runReal(job.client, steps);
  if (run === 'hang') return { outcome: 'hang', message: '' };
  return judgeRun(
    run,
    steps.map((step) => step.expected),
  );
}

async function runReal(name: string, steps: readonly RecordedStep[]): Promise<ClientRun> {
  const client = realClients.find((one) => one.name === name);
  const scene = createScene(
    steps.map((step) => step.bytes),
    steps.map((step) => step.expected),
  );
  try {
    if (!client) throw new Error(`There is no client ${name}.`);
    return await client.run(scene);
  } catch (error) {
    return { ...emptyRun(), requests: scene.requests, errors: [toErrorMessage(error)] };
  }
}
