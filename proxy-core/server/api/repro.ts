/** `/api/steps/:id/repro`: a failing stream reduced to what matters, as a zip. Extension of the contract. */
import express, { type Router } from 'express';
import { writeZip } from '../../bundle/write-zip.ts';
import { invalidRequest, notFound } from '../../errors.ts';
import { asObject, asString } from '../../protocol/json.ts';
import { toClientFailure, toRuleFailure } from '../../repro/failure.ts';
import { minimise } from '../../repro/minimise.ts';
import { toReproFiles } from '../../repro/repro-files.ts';
import { createVerdictRunner } from '../../verdicts/run-clients.ts';
import type { ControlDeps } from './index.ts';

/** `{rule}` or `{client}`; neither: the first error. Nobody waits for more tries than this. */
const MAX_TRIES = 600;

export function createReproRouter({ queries, recorder }: ControlDeps): Router {
  const router = express.Router();

  router.post('/steps/:id/repro', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    recorder.flush();
    const step = queries.steps.get(request.params.id);
    const first = step && queries.streams.emitted(step.id);
    if (!step || !first) throw notFound(`There is no step ${request.params.id}.`);
    const next = queries.sessions.getWithSteps(step.sessionId)?.steps.find(({ index, stream }) => index === step.index + 1 && stream);
    const second = next && queries.streams.emitted(next.id);
    const body = asObject(request.body);
    const client = asString(body['client']);
    const left = new AbortController();
    response.on('close', () => left.abort());
    const runner = createVerdictRunner();
    try {
      const failure =
        client === undefined ? toRuleFailure(asString(body['rule']), first) : await toClientFailure(client, { first, second }, runner);
      const minimal = await minimise({ first, second, failure, maxTries: MAX_TRIES, signal: left.signal });
      response
        .type('application/zip')
        .attachment('repro.zip')
        .send(await writeZip(toReproFiles(minimal, failure)));
    } catch (error) {
      // What can't be reduced is the caller's to know: an unknown rule, a client that does all right.
      throw error instanceof Error && 'isUsageError' in error ? invalidRequest(error.message) : error;
    } finally {
      await runner.close();
    }
  });

  return router;
}
