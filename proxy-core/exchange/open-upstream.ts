/**
 * Opens the upstream for a translated step: one attempt, no hidden retries, so that what is recorded is
 * what happened. The abort has a reason, and the reason tells how the step ends.
 */
import { isProxyError, ProxyError } from '../errors.ts';
import type { BuiltRequest, TranslatingUpstream, UpstreamConfig, UpstreamReply } from '../upstreams/upstream.ts';
import { describePage } from './describe-page.ts';
import { describeFault, unreachable } from './explain-fault.ts';
import { createIdleLimit, describeSilence } from './idle-limit.ts';
import type { Step } from './step.ts';

export type AbortReason = 'client-gone' | 'shutdown' | 'timeout';

export interface OpenOptions {
  translator: TranslatingUpstream;
  config: UpstreamConfig;
  built: BuiltRequest;
  model: string;
  credential: string | null;
  step: Step;
  abort: AbortController;
  /** Silence of the upstream after which it is given up. */
  idleTimeoutMs: number;
}

/** @throws ProxyError: the upstream's own HTTP error, or 502 when it can't be reached. */
export async function openUpstream(options: OpenOptions): Promise<UpstreamReply> {
  const idle = createIdleLimit(options.abort, options.idleTimeoutMs);
  try {
    return await open(options);
  } finally {
    idle.stop();
  }
}

async function open({ translator, config, built, model, credential, step, abort, idleTimeoutMs }: OpenOptions): Promise<UpstreamReply> {
  const { signal } = abort;
  const reply = await send();
  step.upstreamResponse(reply.status, reply.headers);
  if (reply.status >= 200 && reply.status < 300) return reply;
  const body = await readText(reply, step);
  if (reply.status < 400) throw redirected(config, reply);
  throw translator.toError({ status: reply.status, headers: reply.headers, body: describePage(body) ?? body });

  async function send(): Promise<UpstreamReply> {
    try {
      return await translator.send(built, {
        config,
        model,
        credential,
        signal,
        onRequest: (request) => step.upstreamRequest(request),
        onRefused({ status, headers, body }) {
          step.upstreamResponse(status, headers);
          step.chunk(body);
          step.upstreamEnd('end');
        },
      });
    } catch (error) {
      if (isProxyError(error)) throw error;
      const isTimeout = signal.reason === ('timeout' satisfies AbortReason);
      const detail = isTimeout ? `${describeSilence(idleTimeoutMs)}.` : describeFault(error);
      step.upstreamEnd(isTimeout ? 'timeout' : signal.aborted ? 'aborted' : 'reset', detail);
      throw unreachable(config, error);
    }
  }
}

/** Not followed any further: the request holds a key. */
function redirected({ name, baseURL }: UpstreamConfig, { status, headers }: UpstreamReply): ProxyError {
  const location = headers.find(([header]) => header.toLowerCase() === 'location')?.[1] ?? 'nowhere';
  return new ProxyError(
    `Upstream '${name}' at ${baseURL} answered ${status} and leads to ${location}. Put the right address into baseURL.`,
    {
      status: 502,
      type: 'server_error',
      code: 'upstream_redirected',
    },
  );
}

async function readText(reply: UpstreamReply, step: Step): Promise<string> {
  const parts: Uint8Array[] = [];
  try {
    for await (const bytes of reply.body) {
      step.chunk(bytes);
      parts.push(bytes);
    }
    step.upstreamEnd('end');
  } catch (error) {
    // The status is what counts; the part of the body that arrived is shown.
    step.upstreamEnd('reset', describeFault(error));
  }
  return Buffer.concat(parts).toString('utf8');
}
