/** openai-python 2, `client.responses.stream()`. */
import type { ClientModel } from './client-model.ts';
import { readSnapshotStream } from './openai-py-snapshot.ts';
import { runSteps } from './run-steps.ts';

export const openaiPy2Stream: ClientModel = {
  name: 'openai-py2-stream',
  version: '2.54.0',
  predict: (steps) => runSteps(steps, (step, reading) => readSnapshotStream(step, reading, { checksIdentity: false })),
};
