/** `GET /api/live`: the live feed as SSE. */
import express, { type Router } from 'express';
import type { ControlDeps } from './index.ts';

export function createLiveRouter({ live, pricer }: ControlDeps): Router {
  const router = express.Router();
  router.get('/live', async (request, response) => {
    await pricer.ready();
    response.status(200).set({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    response.write('retry: 1000\n\n');
    const unsubscribe = live.subscribe({
      pendingBytes: () => response.writableLength,
      write: (text) => response.write(text),
      drop: () => response.destroy(),
    });
    response.on('error', unsubscribe).on('close', unsubscribe);
    request.on('error', unsubscribe);
  });
  return router;
}
