/** `/v1/responses` and what hangs below it; the same under `/u/<upstream>`. */
import { Router, type Request, type Response } from 'express';
import { invalidRequest, notFound } from '../../errors.ts';
import type { ExchangeKind } from '../../exchange/exchange-request.ts';
import type { Exchanges } from '../../exchange/run-exchange.ts';
import { asString, isObject, type JsonObject } from '../../protocol/json.ts';
import type { ResponseStore, StoredItem, StoredResponse } from '../../sessions/response-store.ts';
import type { UpstreamConfig } from '../../upstreams/upstream.ts';
import { createHttpSink } from '../http-sink.ts';
import { toExchangeRequest } from '../to-exchange-request.ts';

export interface ResponsesRouteDeps {
  exchanges: Exchanges;
  store: ResponseStore;
  upstreams: readonly UpstreamConfig[];
}

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

export function createResponsesRouter({ exchanges, store, upstreams }: ResponsesRouteDeps): Router {
  const router = Router({ mergeParams: true });
  const run = (kind: ExchangeKind, request: Request, response: Response, upstreamName = toUpstreamName(request)) =>
    exchanges.run(kind, toExchangeRequest(request, upstreamName), createHttpSink(response));

  router.post('/responses', (request, response) => run('responses', request, response));
  router.post('/responses/input_tokens', (request, response) => run('input-tokens', request, response));
  router.post('/responses/compact', (request, response) => run('compact', request, response));

  // An id belongs to the upstream that made it: one that speaks Responses itself is asked.
  router.use('/responses/:id', (request, response, next) => {
    const id = toId(request);
    const stored = findStored(id, store);
    const named = toUpstreamName(request) ?? stored?.upstream ?? (stored ? undefined : upstreams[0]?.name);
    const owner = upstreams.find(({ name }) => name === named);
    if (owner?.kind === 'responses') return run('responses', request, response, owner.name);
    next();
  });

  router.get('/responses/:id', (request, response) => {
    const stored = getVisible(toId(request), store);
    response.json(stored.response ?? { id: stored.id, object: 'response', status: stored.status });
  });

  router.delete('/responses/:id', (request, response) => {
    const { id } = getVisible(toId(request), store);
    store.hideResponse(id);
    response.json({ id, object: 'response', deleted: true });
  });

  router.post('/responses/:id/cancel', (request) => {
    const { id } = getVisible(toId(request), store);
    throw invalidRequest(`Cannot cancel response '${id}': only responses created with background: true can be cancelled.`, 'response_id');
  });

  router.get('/responses/:id/input_items', (request, response) => {
    const stored = getVisible(toId(request), store);
    response.json(toPage(listInput(stored, store), request.query));
  });

  return router;
}

function toUpstreamName(request: Request): string | undefined {
  const name: unknown = request.params['upstream'];
  return typeof name === 'string' ? name : undefined;
}

function toId(request: Request): string {
  const id: unknown = request.params['id'];
  return typeof id === 'string' ? id : '';
}

function findStored(id: string, store: ResponseStore): StoredResponse | undefined {
  const direct = store.getResponse(id);
  if (direct) return direct;
  const alias = store.resolveAlias(id);
  return alias === undefined ? undefined : store.getResponse(alias);
}

/** @throws ProxyError 404 for ids that are unknown, deleted, or were made with store: false. */
function getVisible(id: string, store: ResponseStore): StoredResponse {
  const stored = findStored(id, store);
  if (!stored?.isApiVisible) throw notFound(`Response with id '${id}' not found.`);
  return stored;
}

/** The items that this response was made from: the chain's, oldest first, then its own. */
function listInput(response: StoredResponse, store: ResponseStore): JsonObject[] {
  const own = store.getItems(response.id).filter(({ direction }) => direction === 'input');
  const chain: StoredItem[] = [];
  for (let id = response.previousResponseId; id !== null;) {
    chain.unshift(...store.getItems(id));
    id = store.getResponse(id)?.previousResponseId ?? null;
  }
  return [...chain, ...own].map(({ id, item }) => ({ ...item, id }));
}

/** @throws ProxyError 400 for a limit that is out of range or a cursor that is not among the items. */
function toPage(items: JsonObject[], query: Request['query']): JsonObject {
  const limit = query['limit'] === undefined ? DEFAULT_PAGE_SIZE : Number(query['limit']);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE_SIZE) {
    throw invalidRequest(`Invalid 'limit': expected an integer from 1 to ${MAX_PAGE_SIZE}.`, 'limit', 'invalid_value');
  }
  const order = query['order'] ?? 'desc';
  if (order !== 'asc' && order !== 'desc') throw invalidRequest("Invalid 'order': expected asc or desc.", 'order', 'invalid_value');
  const ordered = order === 'asc' ? items : items.toReversed();
  const after = asString(query['after']);
  const start = after === undefined ? 0 : ordered.findIndex((item) => isObject(item) && item['id'] === after) + 1;
  if (after !== undefined && start === 0)
    throw invalidRequest(`Invalid 'after': no input item has the id '${after}'.`, 'after', 'invalid_value');
  const data = ordered.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: start + limit < ordered.length,
  };
}
