/** A recorded session as a server: any client can be pointed at it, and gets the recorded answers step by step. */
import express, { type Router } from 'express';
import { notFound } from '../errors.ts';
import type { SessionRecord } from '../bundle/session-record.ts';
import { createStepChooser, toRequestMark } from './choose-step.ts';
import { playStep, type ReplaySpeed } from './play-step.ts';

export interface RecordedServer {
  /** To be mounted where the base URL ends (`…/v1`). */
  router: Router;
  /** How many requests were answered so far. */
  readonly answered: number;
}

const BODY_LIMIT = '256mb';

export function createRecordedServer(record: SessionRecord, speed: ReplaySpeed): RecordedServer {
  const chooser = createStepChooser(record.steps.map(({ request }) => toRequestMark(request.path, request.body)));
  const router = express.Router();
  let answered = 0;

  router.get('/models', (_request, response) => {
    const data = record.session.models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'recorded' }));
    response.json({ object: 'list', data });
  });

  router.post(/.*/, express.raw({ type: () => true, limit: BODY_LIMIT }), async (request, response) => {
    const body: unknown = request.body;
    const index = chooser.choose(toRequestMark(request.path, Buffer.isBuffer(body) ? body : new Uint8Array()));
    const step = index === undefined ? undefined : record.steps[index];
    if (!step) {
      const known = [...new Set(record.steps.map(({ request: { method, path } }) => `${method} ${path}`))].join(', ');
      throw notFound(`The recorded session has no answer for POST ${request.path}; it holds ${known}.`);
    }
    answered += 1;
    await playStep(step, response, speed);
  });

  router.use((request) => {
    throw notFound(`A replayed session answers POST requests only, not ${request.method} ${request.path}.`);
  });

  return {
    router,
    get answered() {
      return answered;
    },
  };
}
