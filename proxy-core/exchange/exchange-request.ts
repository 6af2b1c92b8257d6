/** A client's request as the server hands it to the exchange, and what every exchange is built from. */
import type { HeaderList, StepStarted } from '../protocol/capture/tap-event.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ResponseStore } from '../sessions/response-store.ts';
import type { TranslatingUpstream, UpstreamConfig, UpstreamKind } from '../upstreams/upstream.ts';
import type { Masks } from './step.ts';
import type { Tap } from './tap.ts';

/**
 * What the client asked for: a response, one of the two helpers beside it, or a provider's own API that is
 * recorded and passed through.
 */
export type ExchangeKind = 'responses' | 'input-tokens' | 'compact' | 'provider';

export interface ExchangeRequest {
  method: string;
  /** Path and query as the client sent them. */
  path: string;
  headers: HeaderList;
  body: Uint8Array;
  /** Of `/u/<name>/…`. */
  upstreamName: string | undefined;
  /** Of `/quirks/<names>/…`. */
  quirks?: string[];
  /** Where this request's responses live, when that is not the bridge's own store (a WebSocket connection's view). */
  store?: ResponseStore;
}

/** What the session linker says about a new step. */
export interface LinkedStep {
  sessionId: string;
  index: number;
  linkedBy: string | null;
  title: string;
  client: StepStarted['client'];
  /** The outer step, when a gateway that we asked makes this call. */
  innerOf?: string;
}

export interface LinkRequest {
  method: string;
  path: string;
  /** Name of the upstream that is asked; null when none fits. */
  upstream: string | null;
  model: string | null;
  headers: HeaderList;
  body: JsonObject;
  /** For the rule that sessions of different clients never join. */
  credential: string | null;
  nowUs: number;
}

export interface ExchangeDeps {
  upstreams: readonly UpstreamConfig[];
  translators: Readonly<Partial<Record<UpstreamKind, TranslatingUpstream>>>;
  store: ResponseStore;
  tap: Tap;
  masks: Masks;
  /** Puts a step into its session. Must not throw. */
  link: (request: LinkRequest) => LinkedStep;
  /** Remembers a credential so that it is masked wherever it turns up. */
  onCredential: (credential: string) => void;
  createId: (prefix: string) => string;
  /** Monotonic microseconds. */
  clockUs: () => number;
  /** Microseconds since the epoch. */
  nowUs: () => number;
  env: NodeJS.ProcessEnv;
  limits: ExchangeLimits;
  /** No request has run for a while, and memory was given back: others may do the same. */
  onRest?: () => void;
}

export interface ExchangeLimits {
  /** After this long without the upstream's headers a stream is begun all the same. */
  earlyStartMs: number;
  /** Silence towards the client after which a comment is sent. */
  heartbeatMs: number;
  /** Silence of the upstream after which it is given up. */
  idleTimeoutMs: number;
  /** How long the rest of an upstream's body is still recorded after its answer is over. */
  drainMs: number;
}

export const DEFAULT_LIMITS: ExchangeLimits = { earlyStartMs: 10_000, heartbeatMs: 15_000, idleTimeoutMs: 600_000, drainMs: 250 };
