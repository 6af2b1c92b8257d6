/**
 * The middle of a translated step: the upstream's bytes through the translator to the client, and how that
 * ended. What comes after is decided in ./run-translated.ts.
 */
import type { Emitted } from '../emitter/responses-emitter.ts';
import { isProxyError } from '../errors.ts';
import type { EndCause } from '../protocol/stream/machine.ts';
import type { UpstreamReply } from '../upstreams/upstream.ts';
import type { ExchangeDeps } from './exchange-request.ts';
import { describeFault } from './explain-fault.ts';
import { createIdleLimit, describeSilence } from './idle-limit.ts';
import type { AbortReason } from './open-upstream.ts';
import type { Step } from './step.ts';
import type { StreamTranslator } from './translate-stream.ts';

export interface Pump {
  exchange: { step: Step; abort: AbortController; deps: Pick<ExchangeDeps, 'limits' | 'tap'> };
  stream: StreamTranslator;
  output: { write(batch: Emitted[]): Promise<void> };
}

export interface PumpEnd {
  cause: EndCause;
  /** Settles when the upstream's body has been read to its end (or given up). Never rejects. */
  rest?: Promise<void>;
}

/** Upstream bytes to the client until one side is over; says how it ended. */
export async function pumpUpstream(reply: UpstreamReply, { exchange, stream, output }: Pump): Promise<PumpEnd> {
  const { step, abort, deps } = exchange;
  const idle = createIdleLimit(abort, deps.limits.idleTimeoutMs);
  const body = reply.body[Symbol.asyncIterator]();
  try {
    for (let next = await body.next(); !next.done; next = await body.next()) {
      idle.pause();
      const emitted = stream.push(next.value, step.chunk(next.value));
      if (emitted.length > 0) await output.write(emitted);
      const paced = deps.tap.pace?.();
      if (paced) await paced;
      idle.resume();
      if (stream.paused) {
        // The next request waits for this one's end, which is not worth waiting for.
        await body.return?.();
        break;
      }
      if (stream.isOver) return { cause: { type: 'completed' }, rest: drain(body, exchange) };
    }
    step.upstreamEnd('end');
    return { cause: { type: 'completed' } };
  } catch (error) {
    const cause = toEndCause({ abort, deps }, error, stream);
    step.upstreamEnd(
      cause.type === 'upstream-error' ? 'reset' : cause.type === 'timeout' ? 'timeout' : 'aborted',
      'detail' in cause ? cause.detail : undefined,
    );
    return { cause };
  } finally {
    idle.stop();
  }
}

/** The answer is over; what the upstream still sends is recorded, but the client does not wait for it. */
async function drain(body: AsyncIterator<Uint8Array>, { step, abort, deps }: Pump['exchange']): Promise<void> {
  const limit = setTimeout(() => abort.abort('timeout' satisfies AbortReason), deps.limits.drainMs);
  try {
    for (let next = await body.next(); !next.done; next = await body.next()) step.chunk(next.value);
    step.upstreamEnd('end');
  } catch (error) {
    step.upstreamEnd(abort.signal.aborted ? 'aborted' : 'reset', describeFault(error));
  } finally {
    clearTimeout(limit);
  }
}

/** How a stream ended that broke: by whose doing, and where. */
export function toEndCause(
  { abort: { signal }, deps }: { abort: AbortController; deps: Pick<ExchangeDeps, 'limits'> },
  error: unknown,
  stream?: StreamTranslator,
): EndCause {
  const reason = signal.aborted ? (signal.reason as AbortReason) : undefined;
  const place = stream ? ` after ${stream.bytesRead} bytes${stream.lastFrame ? ` (last event: ${stream.lastFrame})` : ''}` : '';
  if (reason === 'client-gone' || reason === 'shutdown') return { type: reason };
  if (reason === 'timeout') return { type: 'timeout', detail: `${describeSilence(deps.limits.idleTimeoutMs)}${place}; it was given up.` };
  return { type: 'upstream-error', detail: isProxyError(error) ? error.message : `${describeFault(error)}${place}` };
}
