/** `/api/probes`: a Responses server driven through scenarios. Extension of the contract's command. */
import express, { type Router } from 'express';
import { invalidRequest, isProxyError } from '../../errors.ts';
import { asArray, asNumber, asObject, asString } from '../../protocol/json.ts';
import { scenarios } from '../../probe/scenarios/index.ts';
import type { ControlDeps } from './index.ts';
import type { HandoverDeps } from './handover-deps.ts';

export function createProbesRouter({ info }: ControlDeps, { probes }: HandoverDeps): Router {
  const router = express.Router();

  router.get('/probes', (_request, response) => {
    response.json({ probes: probes.list(), scenarios: scenarios.map(({ name, title }) => ({ name, title })) });
  });

  /** `{baseURL | upstream, model, apiKey?, scenarios?, waitMs?}`; `upstream` probes this bridge over one of its own. */
  router.post('/probes', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const body = asObject(request.body);
    const model = asString(body['model']);
    if (model === undefined || model === '') throw invalidRequest('"model" must name the model to ask.', 'model');
    const upstream = asString(body['upstream']);
    const baseURL = upstream === undefined ? asString(body['baseURL']) : `${info().url}/u/${encodeURIComponent(upstream)}/v1`;
    if (baseURL === undefined) throw invalidRequest('Name a "baseURL", or an "upstream" of this bridge.', 'baseURL');
    const names = asArray(body['scenarios']).filter((one) => typeof one === 'string');
    try {
      const isOwn = upstream !== undefined;
      const [apiKey, waitMs] = [asString(body['apiKey']), asNumber(body['waitMs'])];
      response.json(await probes.start({ baseURL, model, apiKey, scenarios: names, isOwn, waitMs }));
    } catch (error) {
      if (isProxyError(error) || !(error instanceof Error)) throw error;
      throw invalidRequest(error.message, 'scenarios');
    }
  });

  router.get('/probes/:id', (request, response) => {
    response.json(probes.get(request.params.id));
  });

  router.delete('/probes/:id', (request, response) => {
    probes.remove(request.params.id);
    response.status(204).end();
  });

  return router;
}
