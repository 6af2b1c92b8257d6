/** `/replay/<id>/v1`: recorded sessions that are served again. */
import { Router } from 'express';
import type { Replays } from '../../replay/create-replays.ts';

export function createReplayRouter(replays: Pick<Replays, 'router'>): Router {
  const router = Router();
  router.use('/:id/v1', (request, response, next) => {
    const id: unknown = request.params['id'];
    replays.router(typeof id === 'string' ? id : '')(request, response, next);
  });
  return router;
}
