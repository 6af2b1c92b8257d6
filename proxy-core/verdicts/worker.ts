/**
 * The worker in which real clients run: its own heap and its own unhandled rejections, so that a client
 * that misbehaves or never ends takes nothing with it. One job at a time; ./run-clients.ts sends them.
 * Entry of its own in the bundle, because a worker is started by file.
 */
import { parentPort } from 'node:worker_threads';
import { emptyRun, type ClientRun } from '../protocol/client-models/client-run.ts';
import type { ExpectedContent } from '../protocol/repair/expected-content.ts';
import { realClients } from './clients/index.ts';
import { toErrorMessage } from './error-message.ts';
import { createScene } from './scene.ts';

export interface WorkerJob {
  id: number;
  client: string;
  bodies: Uint8Array[];
  steps: ExpectedContent[];
}
export interface WorkerResult {
  id: number;
  run: ClientRun;
}

// SDKs reject side promises that nobody awaits (usage, steps, …); what counts is what the client shows.
process.on('unhandledRejection', () => undefined);
// Some SDKs print warnings; stdout and stderr belong to the command line.
for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined;

parentPort?.on('message', (job: WorkerJob) => {
  void runJob(job).then((run) => parentPort?.postMessage({ id: job.id, run } satisfies WorkerResult));
});

async function runJob(job: WorkerJob): Promise<ClientRun> {
  const client = realClients.find((one) => one.name === job.client);
  const scene = createScene(job.bodies, job.steps);
  try {
    if (!client) throw new Error(`There is no client ${job.client}.`);
    return await client.run(scene);
  } catch (error) {
    return { ...emptyRun(), requests: scene.requests, errors: [toErrorMessage(error)] };
  }
}
