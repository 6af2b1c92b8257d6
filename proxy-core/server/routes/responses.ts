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
import { sendStoredStream, type StoredEvents } from './stored-stream.ts';

export interface ResponsesRouteDeps {
  exchanges: Exchanges;
  store: ResponseStore;
  upstreams: readonly UpstreamConfig[];
  /** What was streamed; without it no stream can be had again. */
  storedEvents?: StoredEvents;
}

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

export function createResponsesRouter({ exchanges, store, upstreams, storedEvents }: ResponsesRouteDeps): Router {
  const router = Router({ mergeParams: true });
  const run = (kind: ExchangeKind, request: Request, response: Response, upstreamName = toUpstreamName(request)) =>
    exchanges.run(kind, toExchangeRequest(request, upstreamName), createHttpSink(response));

  router.post('/responses', (request, response) => run('responses', request, response));
  router.post('/responses/input_tokens', (request, response) => run('input-tokens', request, response));
  router.post('/responses/compact', (request, response) => run('compact', request, response));

  // An id belongs to the upstream that made it: one that speaks Responses itself is asked.
  router.all(OF_ONE, (request, response, next) => {
    const { id } = parsePath(request);
    const stored = findStored(id, store);
    const named = toUpstreamName(request) ?? stored?.upstream ?? (stored ? undefined : upstreams[0]?.name);
    const owner = upstreams.find(({ name }) => name === named);
    if (owner?.kind === 'responses') return run('responses', request, response, owner.name);
    next();
  });

  router.get(OF_ONE, (request, response) => {
    const { id, part } = parsePath(request);
    const stored = getVisible(id, store);
    setPlace(response, stored);
    if (part === 'input_items') return response.json(toPage(listInput(stored, store), request.query));
    if (part === 'cancel') throw notFound(`Deltascope has nothing at ${request.method} ${request.path}.`);
    if (request.query['stream'] === 'true')
      return sendStoredStream(response, storedEvents, { stepId: stored.stepId, startingAfter: asString(request.query['starting_after']) });
    return response.json(stored.response ?? toUnfinished(stored));
  });

  router.delete(OF_ONE, (request, response) => {
    const stored = getVisible(parsePath(request).id, store);
    setPlace(response, stored);
    store.hideResponse(stored.id);
    response.json({ id: stored.id, object: 'response', deleted: true });
  });

  router.post(OF_ONE, (request, _response, next) => {
    const { id, part } = parsePath(request);
    if (part !== 'cancel') return next();
    const stored = getVisible(id, store);
    throw invalidRequest(
      `Cannot cancel response '${stored.id}': only responses created with background: true can be cancelled.`,
      'response_id',
    );
  });

  return router;
}

/** Below one response. Ids of gateways may hold a raw `/` (standard base64), so what is no known part belongs to the id. */
const OF_ONE = /^\/responses\/(?!(?:input_tokens|compact)\/?$)(.+)$/;

function parsePath(request: Request): { id: string; part: 'input_items' | 'cancel' | undefined } {
  const rest = OF_ONE.exec(request.path)?.[1] ?? '';
  const [, id = rest, part] = /^(.+?)(?:\/(input_items|cancel))?\/?$/.exec(rest) ?? [];
  return { id: decode(id), part: part === 'input_items' || part === 'cancel' ? part : undefined };
}

function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id; // a raw % is no encoding; the id is then looked up as it came
  }
}

/** While it is made, and when the bridge died over it: then it is `failed`, and what had come is in the record. */
function toUnfinished({ id, status, createdAtUs, previousResponseId }: StoredResponse): JsonObject {
  const message = 'Deltascope ended before this response was complete; its step shows what had come by then.';
  return {
    id,
    object: 'response',
    created_at: Math.floor(createdAtUs / 1_000_000),
    status,
    error: status === 'failed' ? { code: 'server_error', message } : null,
    output: [],
    previous_response_id: previousResponseId,
  };
}

/** Answers about a stored response say where it is recorded. */
function setPlace(response: Response, { sessionId, stepId }: StoredResponse): void {
  response.set({ 'x-deltascope-session': sessionId, 'x-deltascope-step': stepId });
}

function toUpstreamName(request: Request): string | undefined {
  const name: unknown = request.params['upstream'];
  return typeof name === 'string' ? name : undefined;
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
