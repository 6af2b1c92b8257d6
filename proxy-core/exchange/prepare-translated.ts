/**
 * Everything about a translated request that happens before the network: checks, history, tools, the
 * upstream's body, and the emitter that will make the answer. Pure but for the store's reads.
 */
import { createResponseObject } from '../emitter/response-object.ts';
import { createResponsesEmitter, type ResponsesEmitter } from '../emitter/responses-emitter.ts';
import { checkRequest } from '../history/check-request.ts';
import type { InputItem } from '../history/input-items.ts';
import { isCall } from '../history/item-kinds.ts';
import { resolveHistory } from '../history/resolve-history.ts';
import { resolveTools, toUpstreamName } from '../history/tools.ts';
import { asString, type JsonObject } from '../protocol/json.ts';
import type { ResponseStore } from '../sessions/response-store.ts';
import type {
  BridgeRequest,
  BuiltRequest,
  ModelCapabilities,
  ConversationItem,
  ToolDefinition,
  ToolRoute,
  TranslatingUpstream,
  UpstreamConfig,
  Warning,
} from '../upstreams/upstream.ts';

export interface PreparedExchange {
  request: BridgeRequest;
  built: BuiltRequest;
  ownInput: InputItem[];
  previousResponseId: string | null;
  emitter: ResponsesEmitter;
  /** Everything that was dropped or changed on the way. */
  warnings: Warning[];
}

export interface PrepareOptions {
  body: JsonObject;
  model: string;
  config: UpstreamConfig;
  translator: TranslatingUpstream;
  /** What the models endpoint said; undefined: the upstream's own table counts. */
  capabilities?: ModelCapabilities | undefined;
  store: ResponseStore;
  /** Whose calls are meant by an id that several conversations have; undefined: nobody's in particular. */
  sessionId?: string;
  createId: (prefix: string) => string;
  nowUs: () => number;
  /** Warnings that come up while the answer streams. */
  onWarning: (warning: Warning) => void;
}

/** @throws ProxyError 400/404 for what cannot be asked of this upstream. */
export function prepareTranslated(options: PrepareOptions): PreparedExchange {
  const { body, model, config, translator, createId, nowUs, onWarning, sessionId } = options;
  const store: ResponseStore = { ...options.store, getCall: (callId) => options.store.getCall(callId, sessionId) };
  checkRequest(body);
  const history = resolveHistory(body, store, createId);
  const tools = resolveTools(body, { hasWebSearch: config.webSearch === true && translator.hasWebSearch === true });
  const request: BridgeRequest = {
    model,
    body,
    items: history.items.map((one) => withUpstreamName(one, tools.tools)),
    tools: tools.tools,
    toolChoice: tools.toolChoice,
    ...(tools.webSearch ? { webSearch: tools.webSearch } : {}),
  };
  const built = translator.buildRequest(request, { config, capabilities: options.capabilities, createId });
  const routes = new Map<string, ToolRoute>(tools.tools.map(({ upstreamName, route }) => [upstreamName, route]));
  for (const [name, route] of Object.entries(built.extraRoutes ?? {})) routes.set(name, route);
  const emitter = createResponsesEmitter({
    response: createResponseObject({ id: createId('resp'), createdAt: toSeconds(nowUs()), model, body }),
    routes,
    createId,
    now: () => toSeconds(nowUs()),
    isCallIdTaken: (callId) => request.items.some(({ item }) => isCall(item.type) && item['call_id'] === callId) || isOfSession(callId),
    onWarning,
  });
  const previousResponseId = history.chain.at(-1)?.id ?? null;

  /** Another conversation may have the same short id (`call_0`): this one's stays as the upstream gave it. */
  function isOfSession(callId: string): boolean {
    const call = store.getCall(callId);
    return call !== undefined && (sessionId === undefined || store.getResponse(call.responseId)?.sessionId === sessionId);
  }

  return {
    request,
    built,
    ownInput: history.ownInput,
    previousResponseId,
    emitter,
    warnings: [...history.warnings, ...tools.warnings, ...built.warnings],
  };
}

/** Calls in the history go under the name that the upstream knows the tool by. */
function withUpstreamName(one: ConversationItem, tools: ToolDefinition[]): ConversationItem {
  const { item } = one;
  if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return one;
  const { namespace, ...rest } = item;
  return { ...one, item: { ...rest, type: item.type, name: toUpstreamName(tools, asString(item['name']) ?? '', namespace) } };
}

function toSeconds(us: number): number {
  return Math.floor(us / 1_000_000);
}
