/**
 * What an upstream kind must be able to do. One folder per kind, one line in ./index.ts.
 *
 * The walk: `buildRequest` (pure) -> `send` (the only place that does network I/O) -> the raw body is
 * tapped by the exchange -> SSE frames -> `createStreamMachine` (pure) -> StreamEvents -> emitter.
 * An upstream never sees a Responses id, index or sequence number, and never writes to the client.
 */
import type { JsonObject } from '../protocol/json.ts';
import type { Machine } from '../protocol/stream/machine.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import type { FrameReader } from '../sse/frame-reader.ts';
import type { ProxyError } from '../errors.ts';

export type UpstreamKind = 'anthropic' | 'openai-chat' | 'gemini' | 'responses';

/** One entry of `--upstream` or the config file (contract 3.2), checked and with defaults filled in. */
export interface UpstreamConfig {
  name: string;
  kind: UpstreamKind;
  baseURL: string;
  /** A literal or `env:NAME`; absent: the client's own credential is passed on. */
  apiKey?: string;
  headers?: Record<string, string>;
  /** openai-chat: openai | litellm | vllm | ollama | lmstudio | openrouter. */
  profile?: string;
  repair?: boolean;
  /** A client's web_search tool becomes the provider's own; without it, it is left out (it costs money there). */
  webSearch?: boolean;
  /** Ways of breaking its streams on purpose, by name (docs/quirks). */
  quirks?: string[];
}

export interface Warning {
  code: string;
  message: string;
  param?: string;
}

/**
 * One item of the conversation, oldest first: history from the store and this turn's input in one flat
 * list. `replay` is what this or another upstream kind left behind when it made the item.
 */
export interface ConversationItem {
  /** The item in Responses terms, as the client sent it or the emitter made it; `type` is always set. */
  item: JsonObject & { type: string };
  source: 'input' | 'chain' | 'reference' | 'restored';
  replay?: ReplayData;
}
/** Opaque to all but the upstream kind that made it (thinking signatures, server tool pairs). */
export interface ReplayData {
  kind: UpstreamKind;
  model: string;
  data: unknown;
}

/** A client's request after routing, checking and history resolution. Nothing upstream-specific in it. */
export interface BridgeRequest {
  /** As the upstream should see it: routing prefix stripped. */
  model: string;
  /** The client's body, parsed, untouched. */
  body: JsonObject;
  items: ConversationItem[];
  tools: ToolDefinition[];
  toolChoice: ToolChoice;
  /** The client's web_search tool, where this upstream is configured to run its own. */
  webSearch?: JsonObject;
}

/** A tool the model may call, flattened from the request's function, custom and namespace tools. */
export interface ToolDefinition {
  /** Name towards the upstream: unique, `^[a-zA-Z0-9_-]{1,128}$`; equals the client's name where that fits. */
  upstreamName: string;
  /** How a call of it looks to the client. */
  route: ToolRoute;
  description: string | null;
  /** JSON schema of the arguments; null when the client gave none. Custom tools: `{input: string}`. */
  parameters: JsonObject | null;
  strict: boolean | null;
  /** The tool as the client sent it. */
  source: JsonObject;
}
export type ToolRoute =
  | { type: 'function'; name: string; namespace?: string }
  | { type: 'custom'; name: string; namespace?: string }
  /** Arguments are really the answer's text (structured output by a forced tool). */
  | { type: 'text' };

export type ToolChoice =
  | { type: 'auto' | 'none' | 'required' }
  | { type: 'tool'; upstreamName: string }
  /** `tools` of the request is already filtered for upstreams without the concept. */
  | { type: 'allowed'; mode: 'auto' | 'required'; upstreamNames: string[] };

export interface BuildContext {
  config: UpstreamConfig;
  /** What the models endpoint said about this model; undefined when it was not asked or did not say. */
  capabilities: ModelCapabilities | undefined;
  /** For anything random (call ids, say): the caller's, so that builds can be repeated in tests. */
  createId: (prefix: string) => string;
}
export interface ModelCapabilities {
  maxOutputTokens?: number;
  raw: unknown;
}

export interface BuiltRequest {
  body: JsonObject;
  warnings: Warning[];
  /** Tools beyond the request's own whose calls the emitter must route (forced `json_output`, say). */
  extraRoutes?: Record<string, ToolRoute>;
  /** call_ids that had to be changed for this upstream: changed id -> the client's. */
  callIds?: Record<string, string>;
  /** Options for `send` and the stream machine that are not part of the JSON body. */
  hints?: JsonObject;
}

export interface SendContext {
  config: UpstreamConfig;
  model: string;
  /** Resolved credential (never logged), null when neither configuration nor client gave one. */
  credential: string | null;
  signal: AbortSignal;
  /** Tap of what really goes out, called once per attempt with headers still unmasked (the tap masks). */
  onRequest: (request: { method: string; url: string; headers: [string, string][]; body: Uint8Array }) => void;
  /** Tap of a whole answer that `send` did not return but answered with another attempt. */
  onRefused?: (reply: { status: number; headers: [string, string][]; body: Uint8Array }) => void;
}

/** The upstream's HTTP answer; the body is raw (content-decoded) bytes, not yet parsed, not yet tapped. */
export interface UpstreamReply {
  status: number;
  headers: [string, string][];
  body: AsyncIterable<Uint8Array>;
}

/** One SSE frame of the upstream: `event` is null when the frame has no `event:` line. */
export interface UpstreamFrame {
  event: string | null;
  data: string;
}

export interface StreamContext {
  request: BridgeRequest;
  built: BuiltRequest;
}

export interface TranslatingUpstream {
  kind: UpstreamKind;
  buildRequest(request: BridgeRequest, context: BuildContext): BuiltRequest;
  send(built: BuiltRequest, context: SendContext): Promise<UpstreamReply>;
  /** For servers whose answers are not always SSE; absent: SSE. */
  createFrameReader?(): FrameReader;
  createStreamMachine(context: StreamContext): Machine<unknown, UpstreamFrame, StreamEvent>;
  /** The request that continues an answer which ended in a `pause`; absent: this kind never pauses. */
  continuePaused?(built: BuiltRequest, content: unknown): BuiltRequest;
  /** Maps a non-2xx answer to what the client gets (status kept, 529 becomes 503, retry-after kept). */
  toError(reply: { status: number; headers: [string, string][]; body: string }): ProxyError;
  /** Asks the upstream what the model can do; undefined when it has no such endpoint. Never throws. */
  fetchCapabilities?(context: Omit<SendContext, 'onRequest'>): Promise<ModelCapabilities | undefined>;
  /** False for a model that the kind's own table has nothing about, so that its endpoint is worth asking. */
  knowsModel?(model: string): boolean;
  /** True for a kind whose provider has a web search of its own. */
  hasWebSearch?: boolean;
  /** Counts input tokens for POST /v1/responses/input_tokens; absent: 501. */
  countTokens?(built: BuiltRequest, context: SendContext): Promise<number>;
  /** Model ids for GET /v1/models. */
  listModels?(context: Omit<SendContext, 'model'>): Promise<string[]>;
}
