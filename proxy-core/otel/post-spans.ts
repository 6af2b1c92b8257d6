/**
 * One export request over HTTP (OTLP 1.x): sent, tried again where the specification says so, and answered.
 * What can't be delivered is an error with a sentence that holds no header and no address with a key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeTarget, type OtelTarget } from './otel-target.ts';
import type { StepSpan } from './step-span.ts';
import { CONTENT_TYPES, readPartialSuccess, toOtlp } from './to-otlp.ts';

export interface PostOptions {
  signal?: AbortSignal;
  /** How often in all. */
  tries?: number;
  wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface Delivered {
  /** Spans that the collector took. */
  accepted: number;
  /** What it says of the others; null when it took all. */
  complaint: string | null;
}

const RETRIED = new Set([429, 502, 503, 504]);
const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/** @throws Error with one sentence when the collector can't be reached or refuses. */
export async function postSpans(target: OtelTarget, spans: readonly StepSpan[], options: PostOptions = {}): Promise<Delivered> {
  const { signal, tries = 4, wait = defaultWait } = options;
  const body = await toOtlp(spans, target.protocol);
  for (let attempt = 1; ; attempt++) {
    const outcome = await postOnce(target, body, signal);
    if (outcome.isOk) {
      const partial = await readPartialSuccess(outcome.body, target.protocol);
      if (!partial) return { accepted: spans.length, complaint: null };
      return {
        accepted: spans.length - partial.rejectedSpans,
        complaint: partial.message || `${partial.rejectedSpans} spans were rejected`,
      };
    }
    if (!outcome.mayRetry || attempt >= tries || signal?.aborted) throw new Error(outcome.why);
    const backoffMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
    await wait(outcome.retryAfterMs === undefined ? backoffMs : Math.min(MAX_WAIT_MS, outcome.retryAfterMs), signal);
  }
}

type Outcome = { isOk: true; body: Uint8Array } | { isOk: false; mayRetry: boolean; retryAfterMs?: number; why: string };

async function postOnce(target: OtelTarget, body: Uint8Array, signal: AbortSignal | undefined): Promise<Outcome> {
  const where = describeTarget(target);
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const url = new URL(target.url);
  // fetch refuses addresses with credentials; they are sent as the header that they stand for.
  const basic =
    url.username === ''
      ? {}
      : {
          authorization: `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`,
        };
  url.username = '';
  url.password = '';
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { ...basic, ...target.headers, 'content-type': CONTENT_TYPES[target.protocol] },
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const answer = new Uint8Array(await reply.arrayBuffer());
    if (reply.ok) return { isOk: true, body: answer };
    const after = Number(reply.headers.get('retry-after') ?? Number.NaN);
    return {
      isOk: false,
      mayRetry: RETRIED.has(reply.status),
      ...(Number.isFinite(after) ? { retryAfterMs: after * 1_000 } : {}),
      why: `${where} answered ${reply.status}${reply.status === 415 ? ` to ${CONTENT_TYPES[target.protocol]}; try the other protocol` : ''}`,
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    const isLate = limit.aborted && !signal?.aborted;
    return {
      isOk: false,
      mayRetry: true,
      why: `${where} ${isLate ? `did not answer within ${TIMEOUT_MS / 1_000} s` : `can't be reached: ${cause.message}`}`,
    };
  }
}

async function defaultWait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  // Ended early only when nobody wants the answer any more; the next try then says so.
  await sleep(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
