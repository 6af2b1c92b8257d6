/**
 * `/api/sessions/:id/replays` and `/api/replays`: a recorded session run again (contract 3.4). Extension:
 * `waitMs` of the body, how long a long one is waited for before it is answered while it runs.
 */
import express, { type Router } from 'express';
import { readSessionRecord } from '../../bundle/session-record.ts';
import { invalidRequest } from '../../errors.ts';
import { asNumber, asObject, asString } from '../../protocol/json.ts';
import type { ReplayMode, ReplaysList } from '../../protocol/api/handover-api.ts';
import { parseSpeed } from '../../replay/parse-speed.ts';
import type { ControlDeps } from './index.ts';
import type { HandoverDeps } from './handover-deps.ts';
import { noSession } from './sessions.ts';

const MODES: readonly ReplayMode[] = ['serve', 'retranslate', 'resend'];

export function createReplaysRouter({ queries, pricer }: ControlDeps, { replays }: HandoverDeps): Router {
  const router = express.Router();

  router.post('/sessions/:id/replays', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const body = asObject(request.body);
    const mode = MODES.find((one) => one === body['mode']);
    if (!mode) throw invalidRequest('"mode" must be serve, retranslate or resend.', 'mode');
    const speed = parseSpeed(body['speed'] ?? 'original');
    if (speed === undefined) throw invalidRequest('"speed" must be original, max or a number above 0.', 'speed');
    await pricer.ready();
    const record = readSessionRecord(queries, request.params.id);
    if (!record) throw noSession(request.params.id);
    const waitMs = asNumber(body['waitMs']);
    response.json(await replays.start({ record, mode, speed, upstream: asString(body['upstream']), waitMs }));
  });

  router.get('/replays', (_request, response) => {
    response.json({ replays: replays.list() } satisfies ReplaysList);
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
