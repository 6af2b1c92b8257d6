/**
 * The bridge's data plane on a real socket, without recorder and control plane: the store is in memory and
 * the taps are there to look at. For tests of what goes through; ./start-proxy.ts has the whole product.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createId } from '../../proxy-core/exchange/create-id.ts';
import { DEFAULT_LIMITS, type ExchangeLimits } from '../../proxy-core/exchange/exchange-request.ts';
import { createExchanges } from '../../proxy-core/exchange/run-exchange.ts';
import { createModelLister } from '../../proxy-core/exchange/list-models.ts';
import { createTap } from '../../proxy-core/exchange/tap.ts';
import type { TapEvent } from '../../proxy-core/protocol/capture/tap-event.ts';
import { createApp } from '../../proxy-core/server/create-app.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';
import { createMemoryResponseStore } from './memory-response-store.ts';

type TapOf<Type extends TapEvent['type']> = Extract<TapEvent, { type: Type }>;

export interface TestBridge {
  /** Ends in /v1. */
  apiBase: string;
  /** All tap events of one type so far, oldest first. */
  taps<Type extends TapEvent['type']>(type: Type): TapOf<Type>[];
  /** Settles when as many steps as this have ended. */
  stepsEnded(count: number): Promise<void>;
  forgetTaps(): void;
  close(): Promise<void>;
}

export async function startBridge(upstreams: UpstreamConfig[], limits: Partial<ExchangeLimits> = {}): Promise<TestBridge> {
  let events: TapEvent[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const endedCount = (): number => events.filter(({ type }) => type === 'step.ended').length;
  const observe = (event: TapEvent): void => {
    events.push(event);
    for (const one of waiting) if (endedCount() >= one.count) one.resolve();
  };
  const store = createMemoryResponseStore();
  const env = {};
  const exchanges = createExchanges({
    upstreams,
    translators,
    store,
    tap: createTap([observe], (error) => {
      throw error;
    }),
    masks: { headers: (headers) => headers, url: (url) => url, bytes: (bytes) => bytes, text: (text) => text },
    link: () => ({ sessionId: 'ses_1', index: 0, linkedBy: null, title: '', client: null }),
    onCredential: () => undefined,
    createId,
    clockUs: () => performance.now() * 1000,
    nowUs: () => Date.now() * 1000,
    env,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  const app = createApp({
    exchanges,
    store,
    upstreams,
    listModels: createModelLister({ upstreams, translators, env }),
    access: (_request, _response, next) => next(),
    control: express.Router(),
    pageDir: undefined,
  });
  const server = createServer(app);
  // A test that computes for long must not find its idle connections closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiBase: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    taps: <Type extends TapEvent['type']>(type: Type) => events.filter((event): event is TapOf<Type> => event.type === type),
    stepsEnded: (count) => (endedCount() >= count ? Promise.resolve() : new Promise((resolve) => void waiting.push({ count, resolve }))),
    forgetTaps: () => void (events = []),
    async close() {
      await exchanges.shutdown();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
