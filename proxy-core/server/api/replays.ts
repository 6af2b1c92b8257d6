/** `/api/sessions/:id/replays` and `/api/replays`: a recorded session run again (contract 3.4). */
import express, { type Router } from 'express';
import { readSessionRecord } from '../../bundle/session-record.ts';
import { invalidRequest } from '../../errors.ts';
import { asObject, asString } from '../../protocol/json.ts';
import type { ReplayMode } from '../../replay/create-replays.ts';
import { parseSpeed } from '../../replay/parse-speed.ts';
import type { ControlDeps } from './index.ts';
import type { HandoverDeps } from './handover-deps.ts';
import { noSession } from './sessions.ts';

const MODES: readonly ReplayMode[] = ['serve', 'retranslate', 'resend'];

export function createReplaysRouter({ queries, recorder, pricer }: ControlDeps, { replays }: HandoverDeps): Router {
  const router = express.Router();

  router.post('/sessions/:id/replays', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const body = asObject(request.body);
    const mode = MODES.find((one) => one === body['mode']);
    if (!mode) throw invalidRequest('"mode" must be serve, retranslate or resend.', 'mode');
    const speed = parseSpeed(body['speed'] ?? 'original');
    if (speed === undefined) throw invalidRequest('"speed" must be original, max or a number above 0.', 'speed');
    await pricer.ready();
    recorder.flush();
    const record = readSessionRecord(queries, request.params.id);
    if (!record) throw noSession(request.params.id);
    response.json(await replays.start({ record, mode, speed, upstream: asString(body['upstream']) }));
  });

  router.get('/replays', (_request, response) => {
    response.json({ replays: replays.list() });
  });

  router.get('/replays/:id', (request, response) => {
    response.json(replays.get(request.params.id));
  });

  router.delete('/replays/:id', (request, response) => {
    replays.remove(request.params.id);
    response.status(204).end();
  });

  return router;
}
