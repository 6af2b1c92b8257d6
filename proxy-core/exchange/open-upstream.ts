/**
 * Opens the upstream for a translated step: one attempt, no hidden retries, so that what is recorded is
 * what happened. The abort has a reason, and the reason tells how the step ends.
 */
import { isProxyError, ProxyError } from '../errors.ts';
import type { BuiltRequest, TranslatingUpstream, UpstreamConfig, UpstreamReply } from '../upstreams/upstream.ts';
import type { Step } from './step.ts';

export type AbortReason = 'client-gone' | 'shutdown' | 'timeout';

export interface OpenOptions {
  translator: TranslatingUpstream;
  config: UpstreamConfig;
  built: BuiltRequest;
  model: string;
  credential: string | null;
  step: Step;
  signal: AbortSignal;
}

/** @throws ProxyError: the upstream's own HTTP error, or 502 when it can't be reached. */
export async function openUpstream({ translator, config, built, model, credential, step, signal }: OpenOptions): Promise<UpstreamReply> {
  const reply = await send();
  step.upstreamResponse(reply.status, reply.headers);
  if (reply.status >= 200 && reply.status < 300) return reply;
  const body = await readText(reply, step);
  const error = translator.toError({ status: reply.status, headers: reply.headers, body });
  throw error;

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
      const detail = describeFault(error);
      step.upstreamEnd(signal.aborted ? 'aborted' : 'reset', detail);
      throw unreachable(config, detail, error);
    }
  }
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

export function unreachable(config: UpstreamConfig, detail: string, cause: unknown): ProxyError {
  return new ProxyError(
    `Upstream '${config.name}' at ${config.baseURL} could not be reached: ${detail}. Check its address and whether it runs.`,
    {
      status: 502,
      type: 'server_error',
      code: 'upstream_unreachable',
      cause,
    },
  );
}

/** What went wrong on the wire, in the system's own words: `ECONNREFUSED`, `terminated`, a TLS message. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  const inner = cause instanceof Error ? cause : error;
  const code = (inner as NodeJS.ErrnoException).code;
  return [code, inner.message || error.message].filter(Boolean).join(' ');
}
