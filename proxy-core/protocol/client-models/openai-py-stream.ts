/** openai-python 3, `client.responses.stream()`. */
import type { ClientModel } from './client-model.ts';
import { readSnapshotStream } from './openai-py-snapshot.ts';
import { runSteps } from './run-steps.ts';

export const openaiPyStream: ClientModel = {
  name: 'openai-py-stream',
  version: '3.52.0',
  predict: (steps) => runSteps(steps, (step, reading) => readSnapshotStream(step, reading, { checksIdentity: true })),
};
