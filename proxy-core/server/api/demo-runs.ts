/** `POST /api/demo-runs`: runs the demo conversation through this bridge; for the page's button. */
import express, { type Router } from 'express';
import type { ControlDeps } from './index.ts';

export function createDemoRunsRouter({ runDemo }: ControlDeps): Router {
  const router = express.Router();
  router.post('/demo-runs', async (_request, response) => {
    response.status(201).json(await runDemo());
  });
  return router;
}
