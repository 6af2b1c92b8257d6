/**
 * One request from a client, whatever it asks for: make its step, choose the upstream, run it, and decide
 * once what an error looks like. Routes and upstreams just throw.
 */
import { isProxyError, ProxyError } from '../errors.ts';
import { asString, isObject, parseJson, type JsonObject } from '../protocol/json.ts';
import { createCapabilityLookup, type CapabilityLookup } from './capabilities.ts';
import type { ClientSink } from './client-sink.ts';
import type { ExchangeDeps, ExchangeKind, ExchangeRequest } from './exchange-request.ts';
import { createLeanMap } from '../protocol/lean-map.ts';
import { createIdleMemory } from './idle-memory.ts';
import type { QuirkAnswer } from '../quirks/quirk.ts';
import { mirrorResponse } from './mirror-response.ts';
import type { AbortReason } from './open-upstream.ts';
import { runCompact } from './run-compact.ts';
import { runCountTokens } from './run-count-tokens.ts';
import { runPassthrough } from './run-passthrough.ts';
import { runTranslated, type TranslatedExchange } from './run-translated.ts';
import { sendJson } from './send-json.ts';
import { createStep, type Step } from './step.ts';
import { chooseFilters, createFilter, createQuirkCounter, type QuirkCounter } from './stream-filters.ts';
import { toUpstreamCall } from './upstream-call.ts';
import { findClientCredential, findTarget, resolveCredential, type UpstreamTarget } from './upstream-target.ts';

export interface Exchanges {
  run(kind: ExchangeKind, request: ExchangeRequest, sink: ClientSink): Promise<void>;
  /** Ends every stream in flight with `response.failed` (translated) or a broken connection (passed through). */
  shutdown(): Promise<void>;
  readonly active: number;
}

interface Running {
  done: Promise<void>;
  abort: AbortController;
}

export function createExchanges(deps: ExchangeDeps): Exchanges {
  const running = createLeanMap<number, Running>();
  let count = 0;
  const countQuirks = createQuirkCounter();
  const lookUp = createCapabilityLookup({ nowUs: deps.nowUs });
  const memory = createIdleMemory(deps.onRest ? { onCollected: deps.onRest } : {});
  let isShuttingDown = false;

  function run(kind: ExchangeKind, request: ExchangeRequest, sink: ClientSink): Promise<void> {
    const abort = new AbortController();
    sink.gone.addEventListener('abort', () => abort.abort('client-gone' satisfies AbortReason), { once: true });
    if (isShuttingDown) abort.abort('shutdown' satisfies AbortReason);
    const no = count++;
    const done: Promise<void> = runOne({ deps, kind, request, sink, abort, countQuirks, lookUp }).finally(() => {
      running.delete(no);
      if (running.size === 0) memory.idle();
    });
    running.set(no, { done, abort });
    memory.busy();
    return done;
  }

  return {
    run,
    async shutdown() {
      isShuttingDown = true;
      const all = [...running.values()];
      for (const { abort } of all) abort.abort('shutdown' satisfies AbortReason);
      await Promise.allSettled(all.map(({ done }) => done));
    },
    get active() {
      return running.size;
    },
  };
}

interface OneExchange {
  deps: ExchangeDeps;
  kind: ExchangeKind;
  request: ExchangeRequest;
  sink: ClientSink;
  abort: AbortController;
  countQuirks: QuirkCounter;
  lookUp: CapabilityLookup;
}

async function runOne({ deps: allDeps, kind, request, sink, abort, countQuirks, lookUp }: OneExchange): Promise<void> {
  const deps = request.store ? { ...allDeps, store: request.store } : allDeps;
  const parsed = parseJson(Buffer.from(request.body).toString('utf8'));
  const body: JsonObject = isObject(parsed) ? parsed : {};
  const clientCredential = findClientCredential(request.headers);
  if (clientCredential) deps.onCredential(clientCredential);
  const found = attempt(() =>
    findTarget(deps.upstreams, { upstreamName: request.upstreamName, model: asString(body['model']) ?? toModelInPath(request.path) }),
  );
  const startedAtUs = deps.nowUs();
  const linked = deps.link({
    method: request.method,
    path: request.path,
    upstream: found.value?.config.name ?? null,
    model: found.value?.model ?? null,
    headers: request.headers,
    body,
    credential: clientCredential,
    nowUs: startedAtUs,
  });
  const step = createStep({
    tap: deps.tap,
    masks: deps.masks,
    clockUs: deps.clockUs,
    started: {
      stepId: deps.createId('step'),
      ...linked,
      startedAtUs,
      transport: sink.transport,
      method: request.method,
      path: request.path,
      headers: request.headers,
      body: request.body,
      upstream: found.value?.config.name ?? request.upstreamName ?? 'none',
      upstreamKind: found.value?.config.kind ?? 'none',
      model: found.value?.model ?? asString(body['model']) ?? null,
      stream: body['stream'] === true || sink.transport === 'websocket',
      previousResponseId: asString(body['previous_response_id']) ?? null,
      isResponses: kind === 'responses' && request.method === 'POST',
    },
  });
  const headers = () => ({
    'x-deltascope-session': linked.sessionId,
    'x-deltascope-step': step.id,
    ...(step.warnings.length > 0 ? { 'x-deltascope-warnings': String(step.warnings.length) } : {}),
  });

  try {
    if (!found.value) throw found.error;
    const target = found.value;
    const credential = resolveCredential(target.config, request.headers, deps.env);
    if (credential) deps.onCredential(credential);
    const filters = kind === 'responses' ? chooseFilters(request, target.config, body, countQuirks) : undefined;
    if (filters?.answer) return await answerInstead(filters.answer, { sink, step, headers, model: target.model });
    const filter = filters && createFilter(filters, body, deps.createId);
    if (kind === 'provider' || target.config.kind === 'responses') {
      const isCreate = kind === 'responses' && request.method === 'POST' && /\/responses\/?(\?|$)/.test(request.path);
      await runPassthrough({
        deps,
        sink,
        step,
        config: target.config,
        method: request.method,
        ...toUpstreamCall({ kind, request, target, body: parsed, credential }),
        model: target.model,
        isResponses: isCreate,
        wantsStream: isCreate && (body['stream'] === true || sink.transport === 'websocket'),
        onResponse: (response) => {
          if (isCreate)
            quietly(step, () =>
              mirrorResponse({
                ...deps,
                request: body,
                response,
                upstream: target.config.name,
                sessionId: linked.sessionId,
                stepId: step.id,
              }),
            );
        },
        headers,
        abort,
        filter: isCreate ? filter : undefined,
        endsBrokenStreams: filters?.repair === true,
        notRepaired: () => filter?.report()?.unrepairable ?? [],
      });
      return;
    }
    if (!isObject(parsed))
      throw new ProxyError('We could not parse the JSON body of your request: it must be a JSON object.', {
        status: 400,
        type: 'invalid_request_error',
      });
    const translator = deps.translators[target.config.kind];
    if (!translator)
      throw new ProxyError(`Upstream '${target.config.name}' is of kind '${target.config.kind}', which this build cannot translate to.`, {
        status: 501,
        type: 'server_error',
      });
    const model = target.model ?? '';
    const capabilities = await lookUp({ translator, config: target.config, model, credential, body: parsed, signal: abort.signal });
    const exchange: TranslatedExchange = {
      deps,
      sink,
      step,
      sessionId: linked.sessionId,
      body,
      target: { ...target, model },
      translator,
      credential,
      capabilities,
      headers,
      abort,
      filter,
      onTrouble: (error) => warnOfStore(step, error),
    };
    if (kind === 'compact') await runCompact(exchange);
    else if (kind === 'input-tokens') await runCountTokens(exchange);
    else await runTranslated(exchange);
  } catch (error) {
    await answerError(error, { sink, step, headers, model: found.value?.model ?? null });
  }
}

/** A quirk's answer in the upstream's place. */
async function answerInstead(answer: QuirkAnswer, { sink, step, headers, model }: ErrorAnswer): Promise<void> {
  await sendJson({ sink, step, headers }, answer.status, toTransport(sink, answer.status, answer.body), answer.headers);
  step.end({
    status: 'failed',
    httpStatus: answer.status,
    responseId: null,
    responseIdAliases: [],
    model,
    usage: null,
    error: 'A quirk answered instead of the upstream.',
  });
}

/** `/v1beta/models/<model>:streamGenerateContent` names its model in the path. */
function toModelInPath(path: string): string | undefined {
  return /\/models\/([^/:?]+)/.exec(path)?.[1];
}

function attempt(find: () => UpstreamTarget): { value?: UpstreamTarget; error?: unknown } {
  try {
    return { value: find() };
  } catch (error) {
    return { error };
  }
}

interface ErrorAnswer {
  sink: ClientSink;
  step: Step;
  headers: () => Record<string, string>;
  model: string | null;
}

/** Before the first byte an error is an HTTP status with OpenAI's body; after it only the connection is left to break. */
async function answerError(error: unknown, { sink, step, headers, model }: ErrorAnswer): Promise<void> {
  const fault = isProxyError(error)
    ? error
    : new ProxyError(`Deltascope failed on this request: ${error instanceof Error ? error.message : String(error)}`, {
        status: 500,
        type: 'server_error',
        code: 'internal_error',
        cause: error,
      });
  const end = { httpStatus: fault.status, responseId: null, responseIdAliases: [], model, usage: null, error: fault.message };
  if (sink.gone.aborted) return step.end({ ...end, status: 'cancelled' });
  if (step.bytesWritten > 0) {
    sink.destroy();
    return step.end({ ...end, status: 'failed' });
  }
  await sendJson({ sink, step, headers }, fault.status, toTransport(sink, fault.status, fault.toBody()), fault.headers);
  step.end({ ...end, status: 'failed' });
}

/** A WebSocket has no status: there an error is an event that says it. */
function toTransport({ transport }: ClientSink, status: number, body: object): object {
  return transport === 'websocket' && status >= 400 ? { type: 'error', status, ...body } : body;
}

/** For what must not disturb an answer that is as good as given. */
function quietly(step: Step, write: () => void): void {
  try {
    write();
  } catch (error) {
    warnOfStore(step, error);
  }
}

/** The answer goes on without the store; its id will lead nowhere later, which the reader must know. */
function warnOfStore(step: Step, error: unknown): void {
  step.warn({
    code: 'not_stored',
    message: `The response could not be stored (${error instanceof Error ? error.message : String(error)}); a later previous_response_id will not find it.`,
  });
}
