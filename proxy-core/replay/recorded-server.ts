/** A recorded session as a server: any client can be pointed at it, and gets the recorded answers step by step. */
import express, { type Router } from 'express';
import { notFound } from '../errors.ts';
import type { SessionRecord } from '../bundle/session-record.ts';
import type { Replay } from '../protocol/api/handover-api.ts';
import { createStepChooser, toRequestMark } from './choose-step.ts';
import { playStep, type ReplaySpeed } from './play-step.ts';

export interface RecordedServer {
  /** To be mounted where the base URL ends (`…/v1`). */
  router: Router;
  /** How many requests were answered so far. */
  readonly answered: number;
  /** The newest of them, oldest first. */
  readonly asked: NonNullable<Replay['asked']>;
}

const BODY_LIMIT = '256mb';
const MAX_ASKED = 200;

export function createRecordedServer(record: SessionRecord, speed: ReplaySpeed): RecordedServer {
  const chooser = createStepChooser(record.steps.map(({ request }) => toRequestMark(request.path, request.body)));
  const router = express.Router();
  let answered = 0;
  const asked: NonNullable<Replay['asked']> = [];

  router.get('/models', (_request, response) => {
    const data = record.session.models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'recorded' }));
    response.json({ object: 'list', data });
  });

  router.post(/.*/, express.raw({ type: () => true, limit: BODY_LIMIT }), async (request, response) => {
    const body: unknown = request.body;
    const index = chooser.choose(toRequestMark(request.path, Buffer.isBuffer(body) ? body : new Uint8Array()));
    const step = index === undefined ? undefined : record.steps[index];
    if (index === undefined || !step) {
      const known = [...new Set(record.steps.map(({ request: { method, path } }) => `${method} ${path}`))].join(', ');
      throw notFound(`The recorded session has no answer for POST ${request.path}; it holds ${known}.`);
    }
    answered += 1;
    asked.push({ step: index, method: request.method, path: request.path, at: Date.now() * 1000 });
    if (asked.length > MAX_ASKED) asked.shift();
    await playStep(step, response, speed);
  });

  router.use((request) => {
    throw notFound(`A replayed session answers POST requests only, not ${request.method} ${request.path}.`);
  });

  return {
    router,
    asked,
    get answered() {
      return answered;
    },
  };
}
