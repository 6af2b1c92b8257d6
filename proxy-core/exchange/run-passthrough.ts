/**
 * A request whose upstream speaks the client's own protocol: bytes and status go through unchanged, and
 * are observed on the way. Used for kind `responses` and for the recorded chat, messages and Gemini paths.
 * Nothing is ever injected: a cut or a shutdown is a broken connection, as the client would see it without us.
 */
import { litellmAliases } from '../protocol/ids/litellm-id.ts';
import { callUpstream } from '../upstreams/shared/call-upstream.ts';
import { isDecodable } from '../upstreams/shared/decode-content.ts';
import type { UpstreamConfig, UpstreamReply } from '../upstreams/upstream.ts';
import type { JsonObject } from '../protocol/json.ts';
import { createAnswerWatch } from './answer-watch.ts';
import { createMessageOutput } from './message-output.ts';
import { createDirectOutput, createFilteredOutput, type StreamFilter } from './client-output.ts';
import type { ClientSink } from './client-sink.ts';
import type { ExchangeDeps } from './exchange-request.ts';
import { describeFault, unreachable } from './explain-fault.ts';
import { createIdleLimit, describeSilence } from './idle-limit.ts';
import type { AbortReason } from './open-upstream.ts';
import type { Step } from './step.ts';

export interface PassthroughExchange {
  deps: ExchangeDeps;
  sink: ClientSink;
  step: Step;
  config: UpstreamConfig;
  method: string;
  /** Absolute URL at the upstream. */
  url: string;
  /** Ready to send: credential in place, hop-by-hop headers gone. */
  upstreamHeaders: [string, string][];
  body: Uint8Array;
  model: string | null;
  /** True when the answer is a Responses object or stream, whose id and usage are then read. */
  isResponses: boolean;
  /** The client asked for a stream of Responses events. */
  wantsStream: boolean;
  /** Called with the response object once the answer is over. */
  onResponse: (response: JsonObject) => void;
  headers: () => Record<string, string>;
  abort: AbortController;
  /** Changes the stream on its way to the client; undefined: byte for byte. */
  filter: StreamFilter | undefined;
  /** True under repair: a stream that breaks gets the filter's own end. */
  endsBrokenStreams: boolean;
  /** What repair could not mend, in sentences; asked once at the end. */
  notRepaired: () => readonly string[];
}

/** Headers that belong to one connection. */
const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
]);

/** @throws ProxyError 502 when the upstream can't be reached. */
export async function runPassthrough(exchange: PassthroughExchange): Promise<void> {
  const { deps, sink, step, abort } = exchange;
  let watch = createAnswerWatch(exchange.isResponses, false);
  step.upstreamRequest({ method: exchange.method, url: exchange.url, headers: exchange.upstreamHeaders, body: exchange.body });
  let reply: UpstreamReply;
  const idle = createIdleLimit(abort, deps.limits.idleTimeoutMs);
  try {
    const { method, url, upstreamHeaders: headers, body } = exchange;
    reply = await callUpstream({ method, url, headers, body, signal: abort.signal });
  } catch (error) {
    idle.stop();
    step.upstreamEnd(toEndName(abort), toDetail(error));
    if (abort.signal.reason === 'client-gone') return step.end(toEnd('cancelled', 0, 'The client closed the connection.'));
    throw unreachable(exchange.config, abort.signal.reason === 'timeout' ? new Error(toDetail(error)) : error);
  }
  const isOk = reply.status >= 200 && reply.status < 300;
  step.upstreamResponse(reply.status, reply.headers);
  const type = reply.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const isSse = type.includes('text/event-stream');
  if (exchange.wantsStream && isOk && !isSse)
    step.warn({
      code: 'no_event_stream',
      message: `The client asked for a stream, and the upstream answered with the content type '${type}' instead of text/event-stream; most clients find no event in that.`,
    });
  const headers = { ...Object.fromEntries(reply.headers.filter(isForwarded)), ...exchange.headers() };
  sink.head(reply.status, headers);
  step.head(reply.status, headers);

  watch = createAnswerWatch(exchange.isResponses, isSse);
  const filter = isSse && isOk ? exchange.filter : undefined;
  const direct =
    sink.transport === 'websocket'
      ? createMessageOutput({ sink, step, watch, isSse, status: reply.status })
      : createDirectOutput(sink, step, watch);
  const output = filter ? createFilteredOutput({ sink, output: direct, filter }) : direct;
  try {
    for await (const bytes of reply.body) {
      idle.pause();
      const chunkIndex = step.chunk(bytes);
      await output.write(bytes, chunkIndex);
      const paced = deps.tap.pace?.();
      if (paced) await paced;
      idle.resume();
    }
    step.upstreamEnd('end');
    const isWhole = await output.end();
    if (watch.response && isOk) exchange.onResponse(watch.response);
    if (isWhole) sink.end();
    const fault = watch.fault(isOk);
    step.end(toEnd(watch.status(isOk), reply.status, isOk ? fault : `The upstream answered ${reply.status}${fault ? `: ${fault}` : '.'}`));
  } catch (error) {
    const reason = abort.signal.aborted ? (abort.signal.reason as AbortReason) : undefined;
    step.upstreamEnd(toEndName(abort), toDetail(error));
    const isClient = reason === 'client-gone';
    // Only a repaired stream may end in words that the upstream did not send.
    if (!isClient && exchange.endsBrokenStreams && (await output.end())) sink.end();
    else sink.destroy();
    // A client that leaves after the terminal event has what it came for.
    const status = isClient && !watch.isOver ? 'cancelled' : isClient ? watch.status(isOk) : 'failed';
    step.end(
      toEnd(
        status,
        reply.status,
        isClient
          ? 'The client closed the connection.'
          : `The upstream's answer was cut after ${step.bytesWritten} bytes: ${toDetail(error)}`,
      ),
    );
  } finally {
    idle.stop();
  }

  function toDetail(error: unknown): string {
    return abort.signal.reason === ('timeout' satisfies AbortReason)
      ? `${describeSilence(deps.limits.idleTimeoutMs)}; it was given up.`
      : describeFault(error);
  }

  /** To be called last. */
  function toEnd(status: 'completed' | 'incomplete' | 'failed' | 'cancelled', httpStatus: number, error: string | null) {
    for (const message of exchange.notRepaired()) step.warn({ code: 'not_repaired', message });
    const [responseId, usage] = [watch.responseId(), watch.usage()];
    return {
      status,
      httpStatus,
      responseId,
      responseIdAliases: responseId === null ? [] : litellmAliases(responseId),
      model: exchange.model,
      usage,
      error: status === 'completed' ? null : error,
    };
  }
}

function toEndName({ signal }: AbortController): 'reset' | 'timeout' | 'aborted' {
  if (!signal.aborted) return 'reset';
  return signal.reason === ('timeout' satisfies AbortReason) ? 'timeout' : 'aborted';
}

/** An encoding that was undone is no longer the body's; one that nobody here can undo is. */
function isForwarded([name, value]: [string, string]): boolean {
  return name === 'content-encoding' ? !isDecodable(value) : !NOT_FORWARDED.has(name);
}
