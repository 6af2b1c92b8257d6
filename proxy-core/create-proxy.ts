/**
 * The composition root: everything that runs in one bridge, wired on one page. Nothing below knows
 * anything else but what it is given here.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { removeBridgeFile, writeBridgeFile } from './bridge-file.ts';
import { withDefaultUpstreams, withDemo, type ProxyConfig } from './config.ts';
import { createDemoServer } from './demo/demo-server.ts';
import { runDemo } from './demo/run-demo.ts';
import { createId } from './exchange/create-id.ts';
import { DEFAULT_LIMITS } from './exchange/exchange-request.ts';
import { createModelLister } from './exchange/list-models.ts';
import { createExchanges } from './exchange/run-exchange.ts';
import { createStepWatch } from './exchange/step-watch.ts';
import { createTap } from './exchange/tap.ts';
import { createLiveLinter } from './linter/live-linter.ts';
import { findPageDir } from './page-dir.ts';
import type { BridgeInfo, ReadyObject } from './protocol/api/control-api.ts';
import type { Observer } from './protocol/capture/tap-event.ts';
import { openDatabaseOrMemory } from './recorder/database.ts';
import { createRecorder } from './recorder/recorder.ts';
import { createPricer } from './recorder/prices.ts';
import { createQueries } from './recorder/queries/create-queries.ts';
import { createRedactor } from './recorder/redact.ts';
import { createControlRouter } from './server/api/index.ts';
import { createLiveFeed } from './server/api/live-feed.ts';
import { createApp } from './server/create-app.ts';
import { listenOn } from './server/listen-on.ts';
import { createAccessControl } from './server/middleware/access.ts';
import { attachWebSocket } from './server/websocket.ts';
import { createSessionLinker } from './sessions/link-session.ts';
import { createResilientResponseStore } from './sessions/resilient-response-store.ts';
import { createSqliteResponseStore } from './sessions/sqlite-response-store.ts';
import { translators } from './upstreams/index.ts';
import { VERSION } from './version.ts';

export interface ProxyOptions {
  config: ProxyConfig;
  env: NodeJS.ProcessEnv;
  /** One line for people: a port that was taken, a store that was set aside. */
  onNotice: (line: string) => void;
  /** Sample sessions for the first start; only an empty store gets them. */
  withSamples?: boolean;
}

export interface Proxy {
  readonly upstreamNames: readonly string[];
  listen(): Promise<ReadyObject>;
  /** Ends streams in flight, writes everything down, frees the port. */
  close(): Promise<void>;
}

const DEMO_DELAY_MS = 12;

export async function createProxy({ config, env, onNotice }: ProxyOptions): Promise<Proxy> {
  const token = randomBytes(24).toString('base64url');
  const { db, trouble, setAside } = openDatabaseOrMemory(config.dataDir);
  if (trouble !== null) onNotice(`deltascope: ${trouble}`);
  if (setAside !== null) onNotice(`deltascope: the store was damaged; it is kept as ${setAside}, and a new one was begun.`);

  const demo = await createDemoServer({ delayMs: env['CI'] ? 0 : DEMO_DELAY_MS }).listen();
  // The demo is always there, last: the page can run it whatever else is configured.
  const upstreams = withDemo(withDefaultUpstreams(config.upstreams, env, demo.baseURL), demo.baseURL);
  const redactor = createRedactor();
  const pricer = createPricer();
  const queries = createQueries(db, pricer);
  const recorder = createRecorder({ db });
  const live = createLiveFeed({ queries, flush: () => void recorder.flush() });
  const store = createResilientResponseStore(createSqliteResponseStore(db, redactor.text), () => undefined);
  const linter = createLiveLinter({
    onFindings: () => undefined,
    onStepFindings: (stepId, findings) => {
      recorder.addFindings(stepId, findings);
      live.stepChanged(stepId);
    },
  });
  const linker = createSessionLinker({ db, createId });
  const watch = createStepWatch();
  const observers: Observer[] = [recorder.observe, linter, linker.observe, live.observe, watch.observe];
  const tap = createTap(observers, (error) =>
    onNotice(`deltascope: an observer failed: ${error instanceof Error ? error.message : String(error)}`),
  );
  const exchanges = createExchanges({
    upstreams,
    translators,
    store,
    tap,
    masks: redactor,
    link: linker.link,
    onCredential: redactor.addSecret,
    createId,
    clockUs: () => performance.now() * 1000,
    nowUs: () => Date.now() * 1000,
    env,
    limits: DEFAULT_LIMITS,
  });

  let port = config.port;
  const toUrl = () => `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  const info = (): BridgeInfo => ({
    version: VERSION,
    url: toUrl(),
    apiBase: `${toUrl()}/v1`,
    dataDir: config.dataDir,
    upstreams: upstreams.map(({ name, kind, baseURL, apiKey }, index) => ({
      name,
      kind,
      baseURL: redactor.url(baseURL),
      isDefault: index === 0,
      credential: describeCredential(name, apiKey),
    })),
    recorderTrouble: trouble ?? recorder.trouble(),
  });
  const access = createAccessControl({ ...config, token, port: () => port });
  const app = createApp({
    exchanges,
    store,
    upstreams,
    listModels: createModelLister({ upstreams, translators, env }),
    storedEvents: {
      read(stepId, after) {
        recorder.flush();
        const page = queries.streams.events(stepId, { after });
        return page && { events: page.events, isOver: queries.steps.get(stepId)?.status !== 'streaming' };
      },
      next: watch.next,
    },
    access: access.handler,
    control: createControlRouter({
      db,
      queries,
      pricer,
      recorder,
      live,
      info,
      forgetSession: linker.forgetSession,
      runDemo: () => runDemo(`${toUrl()}/u/demo/v1`, token),
    }),
    pageDir: findPageDir(),
  });
  const server = createServer(app);
  const webSocket = attachWebSocket(server, { exchanges, store, checkAccess: access.checkUpgrade });

  return {
    upstreamNames: upstreams.map(({ name }) => name),
    async listen() {
      port = await listenOn(server, config);
      if (port !== config.port && config.port !== 0) onNotice(`deltascope: port ${config.port} is taken; using ${port}.`);
      const url = toUrl();
      writeBridgeFile(config.dataDir, { url, token, pid: process.pid });
      return {
        type: 'ready',
        url,
        apiBase: `${url}/v1`,
        uiUrl: `${url}/?token=${token}`,
        token,
        pid: process.pid,
        dataDir: config.dataDir,
        version: VERSION,
      };
    },
    async close() {
      await exchanges.shutdown();
      webSocket.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await demo.close();
      live.close();
      linker.close();
      recorder.close();
      removeBridgeFile(config.dataDir, process.pid);
      db.close();
    },
  };
}

/** Where an upstream's key comes from; never the key itself. */
function describeCredential(name: string, apiKey: string | undefined): string {
  if (name === 'demo') return 'built in, no key';
  if (apiKey === undefined) return "the client's own";
  return apiKey.startsWith('env:') ? apiKey.slice(4) : 'configured';
}
