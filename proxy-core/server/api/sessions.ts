/** `/api/sessions`: the list, one session with its steps, rename and pin, delete. */
import express, { type Router } from 'express';
import { invalidRequest, notFound, type ProxyError } from '../../errors.ts';
import { isObject } from '../../protocol/json.ts';
import { deleteSession, innerSessionIds } from '../../recorder/queries/delete-session.ts';
import { updateSession } from '../../recorder/queries/sessions.ts';
import { whenFree } from '../../recorder/when-free.ts';
import type { ControlDeps } from './index.ts';
import { integerParameter, textParameter } from './query-values.ts';

const MAX_TITLE = 500;

export function createSessionsRouter({ db, queries, pricer, live, forgetSession }: ControlDeps): Router {
  const router = express.Router();

  router.get('/sessions', async (request, response) => {
    await pricer.ready();
    const limit = integerParameter(request, 'limit', 1);
    response.json(queries.sessions.page({ q: textParameter(request, 'q'), limit, cursor: textParameter(request, 'cursor') }));
  });

  router.get('/sessions/:id', async (request, response) => {
    await pricer.ready();
    const session = queries.sessions.getWithSteps(request.params.id);
    if (!session) throw noSession(request.params.id);
    response.json(session);
  });

  /** Extension of the contract: `{title?: string | null, pinned?: boolean}`. */
  router.patch('/sessions/:id', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const { id } = request.params;
    const patch = toPatch(request.body);
    if (!(await whenFree(db, () => updateSession(db, id, patch)))) throw noSession(id);
    live.sessionChanged(id);
    await pricer.ready();
    response.json(queries.sessions.get(id));
  });

  router.delete('/sessions/:id', async (request, response) => {
    const { id } = request.params;
    const ids = [id, ...innerSessionIds(db, id)];
    for (const one of ids) {
      await forgetSession?.(one);
    }
    live.sessionsDeleted(ids, null);
    if (!(await deleteSession(db, id))) throw noSession(id);
    response.status(204).end();
  });

  return router;
}

function toPatch(body: unknown): { title?: string | null; pinned?: boolean } {
  if (!isObject(body)) throw invalidRequest('The body must be a JSON object with "title" or "pinned".');
  const patch: { title?: string | null; pinned?: boolean } = {};
  const { title, pinned } = body;
  if (title !== undefined) {
    if (title !== null && (typeof title !== 'string' || title.length > MAX_TITLE)) {
      throw invalidRequest(`"title" must be a text of at most ${MAX_TITLE} characters, or null for the first words.`, 'title');
    }
    patch.title = title === '' ? null : title;
  }
  if (pinned !== undefined) {
    if (typeof pinned !== 'boolean') throw invalidRequest('"pinned" must be true or false.', 'pinned');
    patch.pinned = pinned;
  }
  return patch;
}

export function noSession(id: string): ProxyError {
  return notFound(`There is no session ${id}.`);
}
