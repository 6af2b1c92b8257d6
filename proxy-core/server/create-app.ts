/**
 * The Express app: access first, then the data plane (`/v1`, `/u/<upstream>`), the control plane (`/api`)
 * and the page. Which routes exist is listed here and nowhere else.
 */
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { ModelLister } from '../exchange/list-models.ts';
import type { Exchanges } from '../exchange/run-exchange.ts';
import type { ResponseStore } from '../sessions/response-store.ts';
import type { Replays } from '../replay/create-replays.ts';
import type { UpstreamConfig } from '../upstreams/upstream.ts';
import { handleError, handleUnknownRoute } from './middleware/error-handler.ts';
import { createModelsRouter } from './routes/models.ts';
import { createPageRouter } from './routes/page.ts';
import { createProviderRouter } from './routes/provider.ts';
import { createReplayRouter } from './routes/replay.ts';
import { createResponsesRouter } from './routes/responses.ts';
import type { StoredEvents } from './routes/stored-stream.ts';

export interface AppDeps {
  exchanges: Exchanges;
  store: ResponseStore;
  upstreams: readonly UpstreamConfig[];
  listModels: ModelLister;
  /** What was streamed to clients, for those that want it again. */
  storedEvents?: StoredEvents;
  /** Host, Origin and token checks, before anything else. */
  access: RequestHandler;
  control: Router;
  /** Recorded sessions that are served again. */
  replays?: Pick<Replays, 'router'>;
  /** Folder of the built page; undefined when it was not built. */
  pageDir: string | undefined;
}

/** Images and files travel inside JSON bodies; this bounds what one request may hold in memory. */
const BODY_LIMIT = '256mb';

export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(deps.access);
  const rawBody = express.raw({ type: () => true, limit: BODY_LIMIT });
  const responses = createResponsesRouter(deps);
  app.use('/v1', rawBody, responses, createModelsRouter(deps.listModels));
  app.use('/u/:upstream/v1', rawBody, responses);
  app.use('/u/:upstream', rawBody, createProviderRouter(deps.exchanges));
  // A base URL is all that some clients let one set, so quirks can be named in it.
  app.use('/quirks/:quirks/v1', rawBody, responses);
  app.use('/quirks/:quirks/u/:upstream/v1', rawBody, responses);
  if (deps.replays) app.use('/replay', createReplayRouter(deps.replays));
  app.use('/api', deps.control);
  if (deps.pageDir !== undefined) app.use(createPageRouter(deps.pageDir));
  app.use(handleUnknownRoute);
  app.use(handleError);
  return app;
}
