/** `/u/<upstream>/…` beyond Responses: the providers' own APIs, recorded and passed through byte for byte. */
import { Router } from 'express';
import type { Exchanges } from '../../exchange/run-exchange.ts';
import { createHttpSink } from '../http-sink.ts';
import { toExchangeRequest } from '../to-exchange-request.ts';

export function createProviderRouter(exchanges: Exchanges): Router {
  const router = Router({ mergeParams: true });
  router.all(['/v1/*rest', '/v1beta/*rest'], (request, response) => {
    const name: unknown = (request.params as Record<string, unknown>)['upstream'];
    return exchanges.run('provider', toExchangeRequest(request, typeof name === 'string' ? name : undefined), createHttpSink(response));
  });
  return router;
}
