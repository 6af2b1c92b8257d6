/**
 * `GET|POST /api/steps/:id/verdicts`: what real clients make of a step's stream. GET gives what is known
 * and judges when nothing is; POST judges anew.
 */
import express, { type Request, type Response, type Router } from 'express';
import { invalidRequest, notFound } from '../../errors.ts';
import { findNextStep, isJudgeable } from '../../verdicts/judgeable.ts';
import type { ControlDeps } from './index.ts';

/** A stream this large is not given to seventeen clients at once. */
const MAX_STREAM_BYTES = 32 * 1024 * 1024;

export function createVerdictsRouter({ queries, judge, mask }: ControlDeps): Router {
  const router = express.Router();
  router.get('/steps/:id/verdicts', (request, response) => answer(request, response, false));
  router.post('/steps/:id/verdicts', (request, response) => answer(request, response, true));

  async function answer(request: Request, response: Response, again: boolean): Promise<void> {
    const id = String(request.params['id']);
    const step = queries.steps.get(id);
    const emitted = step && queries.streams.emitted(id);
    if (!step || !emitted) throw notFound(`No step has the id '${id}'.`);
    if (emitted.length > MAX_STREAM_BYTES)
      throw invalidRequest(`The stream of step ${id} has ${emitted.length} bytes; more than ${MAX_STREAM_BYTES} are not judged.`);
    // What is no Responses stream has nothing to judge: an error body, a JSON answer, a provider's own API.
    if (!isJudgeable(step, emitted)) {
      response.json({ verdicts: [] });
      return;
    }
    const steps = queries.sessions.getWithSteps(step.sessionId)?.steps ?? [];
    const next = findNextStep(steps, step.index);
    const verdicts = await judge.judge(emitted, next && queries.streams.emitted(next.id), again);
    // A client joins the deltas, and with them a key that a model says in pieces.
    response.json({ verdicts: verdicts.map((verdict) => ({ ...verdict, message: mask(verdict.message) })) });
  }
  return router;
}
