/**
 * Spans to the bytes of an OTLP export request, by OpenTelemetry's own serialisers. They are loaded with the
 * first export: a bridge that exports nothing does not pay for them.
 */
import { VERSION } from '../version.ts';
import type { StepSpan } from './step-span.ts';

export type OtlpProtocol = 'http/protobuf' | 'http/json';

export const CONTENT_TYPES: { readonly [protocol in OtlpProtocol]: string } = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
};

const CLIENT_KIND = 2;
const STATUS_UNSET = 0;
const STATUS_ERROR = 2;

export interface PartialSuccess {
  rejectedSpans: number;
  message: string;
}

/** @returns the body of one request. */
export async function toOtlp(spans: readonly StepSpan[], protocol: OtlpProtocol): Promise<Uint8Array> {
  const { resourceFromAttributes, serializer } = await load(protocol);
  const resource = resourceFromAttributes({ 'service.name': 'deltascope', 'service.version': VERSION });
  const scope = { name: 'deltascope', version: VERSION };
  const bytes = serializer.serializeRequest(
    spans.map((span) => ({
      name: span.name,
      kind: CLIENT_KIND,
      spanContext: () => ({
        traceId: span.traceId,
        spanId: span.spanId,
        traceFlags: span.flags,
        ...(span.traceState === null ? {} : { traceState: toTraceState(span.traceState) }),
      }),
      ...(span.parent
        ? { parentSpanContext: { traceId: span.traceId, spanId: span.parent.spanId, traceFlags: span.parent.flags, isRemote: true } }
        : {}),
      startTime: toHrTime(span.startUs),
      endTime: toHrTime(span.endUs),
      duration: toHrTime(span.endUs - span.startUs),
      ended: true,
      status: span.error === null ? { code: STATUS_UNSET } : { code: STATUS_ERROR, message: span.error },
      attributes: span.attributes,
      events: span.events.map(({ name, atUs, attributes }) => ({ name, time: toHrTime(atUs), attributes })),
      links: [],
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: span.droppedEvents,
      droppedLinksCount: 0,
    })),
  );
  if (!bytes) throw new Error('The spans could not be written as OTLP.');
  return bytes;
}

/** What the collector says of spans that it did not take; null when it took all. */
export async function readPartialSuccess(body: Uint8Array, protocol: OtlpProtocol): Promise<PartialSuccess | null> {
  if (body.length === 0) return null;
  const { serializer } = await load(protocol);
  try {
    const { partialSuccess } = serializer.deserializeResponse(body);
    const rejectedSpans = Number(partialSuccess?.rejectedSpans ?? 0);
    const message = partialSuccess?.errorMessage ?? '';
    return rejectedSpans > 0 || message !== '' ? { rejectedSpans, message } : null;
  } catch {
    return null; // some collectors answer with prose; the status already said that all is well
  }
}

async function load(protocol: OtlpProtocol) {
  const [{ JsonTraceSerializer, ProtobufTraceSerializer }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/otlp-transformer'),
    import('@opentelemetry/resources'),
  ]);
  return { resourceFromAttributes, serializer: protocol === 'http/json' ? JsonTraceSerializer : ProtobufTraceSerializer };
}

/** The serialisers only ask for the text. */
function toTraceState(text: string) {
  const state = { get: () => undefined, set: () => state, unset: () => state, serialize: () => text };
  return state;
}

/** Seconds and nanoseconds. */
function toHrTime(us: number): [number, number] {
  const seconds = Math.floor(us / 1_000_000);
  return [seconds, Math.round((us - seconds * 1_000_000) * 1_000)];
}
