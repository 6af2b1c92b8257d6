/** `/api/health` (no token) and `/api/info`: is it there, and what is it made of. */
import express, { type Router } from 'express';
import type { ControlDeps } from './index.ts';

export function createInfoRouter({ info }: ControlDeps): Router {
  const router = express.Router();
  router.get('/health', (_request, response) => {
    response.json({ status: 'ok', version: info().version });
  });
  router.get('/info', (_request, response) => {
    response.json(info());
  });
  return router;
}
