/** `/api/steps/:id`: one step, pages of its events and chunks, the exact bytes of both sides, findings. */
import express, { type Router } from 'express';
import { notFound } from '../../errors.ts';
import type { FindingsPage } from '../../protocol/api/control-api.ts';
import type { ControlDeps } from './index.ts';
import { integerParameter } from './query-values.ts';

export function createStepsRouter({ queries }: ControlDeps): Router {
  const router = express.Router();

  function found<Result>(id: string, look: (id: string) => Result | undefined): Result {
    const result = look(id);
    if (result === undefined) throw notFound(`There is no step ${id}.`);
    return result;
  }

  router.get('/steps/:id', (request, response) => {
    response.json(found(request.params.id, queries.steps.detail));
  });

  router.get('/steps/:id/events', (request, response) => {
    const page = { after: integerParameter(request, 'after', -1), limit: integerParameter(request, 'limit', 1) };
    response.json(found(request.params.id, (id) => queries.streams.events(id, page)));
  });

  router.get('/steps/:id/chunks', (request, response) => {
    const page = { after: integerParameter(request, 'after', -1), limit: integerParameter(request, 'limit', 1) };
    response.json(found(request.params.id, (id) => queries.streams.chunks(id, page)));
  });

  // Bytes of strangers: never as something that a browser would interpret.
  router.get('/steps/:id/emitted', (request, response) => {
    const bytes = found(request.params.id, queries.streams.emitted);
    response.type('application/octet-stream').send(Buffer.from(bytes));
  });

  router.get('/steps/:id/upstream', (request, response) => {
    const attempt = integerParameter(request, 'attempt', 0);
    const bytes = found(request.params.id, (id) => queries.streams.upstream(id, attempt));
    response.type('application/octet-stream').send(Buffer.from(bytes));
  });

  router.get('/steps/:id/findings', (request, response) => {
    response.json({ findings: found(request.params.id, queries.steps.findings) } satisfies FindingsPage);
  });

  return router;
}
