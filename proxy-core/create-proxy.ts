/**
 * The composition root: everything that runs in one bridge, wired on one page. Nothing below knows
 * anything else but what it is given here.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { removeBridgeFile, writeBridgeFile, type BridgeFile } from './bridge-file.ts';
import { withDefaultUpstreams, withDemo, type ProxyConfig } from './config.ts';
import { createHandover } from './create-handover.ts';
import { createDemoServer } from './demo/demo-server.ts';
import { runDemo } from './demo/run-demo.ts';
import { toSampleSessions } from './demo/samples/import-samples.ts';
import type { Retranslate } from './demo/samples/to-recorded.ts';
import { createRecording } from './create-recording.ts';
import { createId } from './exchange/create-id.ts';
import { DEFAULT_LIMITS } from './exchange/exchange-request.ts';
import { createModelLister } from './exchange/list-models.ts';
import { createExchanges } from './exchange/run-exchange.ts';
import { translateRecorded } from './exchange/translate-recorded.ts';
import { createWallClock } from './exchange/wall-clock.ts';
import { secretsOf } from './otel/otel-target.ts';
import { findPageDir } from './page-dir.ts';
import { asArray, asObject } from './protocol/json.ts';
import type { BridgeInfo, ReadyObject } from './protocol/api/control-api.ts';
import { createControlRouter } from './server/api/index.ts';
import { createApp } from './server/create-app.ts';
import { listenOn } from './server/listen-on.ts';
import { createAccessControl } from './server/middleware/access.ts';
import { attachWebSocket } from './server/websocket.ts';
import { translators } from './upstreams/index.ts';
import { createStreamJudge } from './verdicts/stream-judge.ts';
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
const KEEP_ALIVE_MS = 75_000;
/** Of the five seconds that a stop may take. */
const SHUTDOWN_MS = 2_500;

export async function createProxy({ config, env, onNotice, withSamples = true }: ProxyOptions): Promise<Proxy> {
  const token = randomBytes(24).toString('base64url');
  const recording = createRecording(config.dataDir, onNotice, config);
  const { recorder, queries, redactor, store, watch } = recording;
  const demo = await createDemoServer({ delayMs: env['CI'] ? 0 : DEMO_DELAY_MS }).listen();
  // The demo is always there, last: the page can run it whatever else is configured.
  const upstreams = withDemo(withDefaultUpstreams(config.upstreams, env, demo.baseURL), demo.baseURL);
  for (const secret of [token, ...upstreams.map(({ apiKey }) => (apiKey?.startsWith('env:') ? env[apiKey.slice(4)] : apiKey))]) {
    if (secret) redactor.addSecret(secret);
  }
  for (const { baseURL, headers = {} } of upstreams) {
    redactor.url(baseURL);
    redactor.headers(Object.entries(headers));
  }
  for (const secret of config.otel ? secretsOf(config.otel) : []) redactor.addSecret(secret);
  const exchanges = createExchanges({
    upstreams,
    translators,
    store,
    tap: recording.tap,
    masks: redactor,
    link: (request) => handover.replays.link(request) ?? recording.link(request),
    onCredential: redactor.addSecret,
    createId,
    clockUs: () => performance.now() * 1000,
    nowUs: createWallClock(),
    env,
    limits: DEFAULT_LIMITS,
    onRest: recorder.rest,
  });

  // The first start shows what a broken session looks like, and a clean one; a deleted sample does not come back.
  if (withSamples && config.upstreams.length === 0 && recording.isNew) {
    for (const sample of toSampleSessions(retranslateSample)) await recording.importSession(sample);
  }

  const judge = createStreamJudge();
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
    recorderTrouble: recording.trouble(),
    keep: recording.retention.status(),
    otel: recording.otel?.status() ?? null,
  });
  const handover = createHandover({
    ...recording,
    dataDir: config.dataDir,
    judge,
    translators,
    upstreams,
    bridgeUrl: toUrl,
    token,
    otelTarget: config.otel,
  });
  const access = createAccessControl({ ...config, token, port: () => port });
  const app = createApp({
    exchanges,
    store,
    upstreams,
    listModels: createModelLister({ upstreams, translators, env }),
    storedEvents: {
      async read(stepId, after) {
        await recorder.flush();
        const page = queries.streams.events(stepId, { after });
        return page && { events: page.events, isOver: queries.steps.get(stepId)?.status !== 'streaming' };
      },
      next: watch.next,
    },
    access: access.handler,
    control: createControlRouter({
      ...recording,
      mask: redactor.text,
      judge,
      handover,
      info,
      runDemo: () => runDemo(`${toUrl()}/u/demo/v1`, token),
    }),
    replays: handover.replays,
    pageDir: findPageDir(),
  });
  const server = createServer(app);
  // Longer than any client keeps an idle connection: else one may send a request into the moment of its closing.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const webSocket = attachWebSocket(server, { exchanges, store, checkAccess: access.checkUpgrade });

  async function listen(): Promise<ReadyObject> {
    port = await listenOn(server, config);
    // Whoever reads the ready line may ask, and crash, at once: from then on nothing is written down late.
    await recorder.ready();
    if (port !== config.port && config.port !== 0) onNotice(`deltascope: port ${config.port} is taken; using ${port}.`);
    const url = toUrl();
    tellOthers({ url, token, pid: process.pid });
    const uiUrl = `${url}/?token=${token}`;
    return { type: 'ready', url, apiBase: `${url}/v1`, uiUrl, token, pid: process.pid, dataDir: config.dataDir, version: VERSION };
  }

  /** A disk that takes nothing keeps nobody from answering clients. */
  function tellOthers(bridge: BridgeFile): void {
    try {
      writeBridgeFile(config.dataDir, bridge);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onNotice(
        `deltascope: bridge.json could not be written, so "deltascope run" and the desktop app will not find this bridge (${reason}).`,
      );
    }
  }

  async function close(): Promise<void> {
    await handover.close();
    // A client that does not read its stream must not hold up the end; its connection is closed below.
    await Promise.race([exchanges.shutdown(), wait(SHUTDOWN_MS, undefined, { ref: false })]);
    webSocket.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    await exchanges.shutdown();
    await recording.otel?.close();
    await demo.close();
    await judge.close();
    removeBridgeFile(config.dataDir, process.pid);
    await recording.close();
  }

  return {
    upstreamNames: upstreams.map(({ name }) => name),
    async listen() {
      try {
        return await listen();
      } catch (error) {
        // Nothing may keep the process alive that could not do its work.
        await close();
        throw error;
      }
    },
    close,
  };
}

/** Where an upstream's key comes from; never the key itself. */
function describeCredential(name: string, apiKey: string | undefined): string {
  if (name === 'demo') return 'built in, no key';
  if (apiKey === undefined) return "the client's own";
  return apiKey.startsWith('env:') ? apiKey.slice(4) : 'configured';
}

const retranslateSample: Retranslate = (chunks, { upstream, request }) => {
  const { events, causes } = translateRecorded({ bytes: chunks, translator: translators[upstream.kind], request });
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return { frames, causes, output: asArray(asObject(events.at(-1)?.['response'])['output']).map(asObject) };
};
