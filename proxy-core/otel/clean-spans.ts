/** Credentials out of the texts of spans: error messages of providers sometimes repeat a key. */
import { createSecretFinder } from '../bundle/redact/find-secrets.ts';
import type { SpanAttributes, StepSpan } from './step-span.ts';

export async function cleanSpans(spans: readonly StepSpan[]): Promise<StepSpan[]> {
  const secrets = createSecretFinder();
  for (const span of spans) for (const text of textsOf(span)) secrets.learn(text);
  await secrets.search();
  if (secrets.isEmpty) return [...spans];
  const clean = (attributes: SpanAttributes): SpanAttributes =>
    Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        typeof value === 'string' ? secrets.mask(value) : Array.isArray(value) ? value.map(secrets.mask) : value,
      ]),
    );
  return spans.map((span) => ({
    ...span,
    name: secrets.mask(span.name),
    attributes: clean(span.attributes),
    events: span.events.map((event) => ({ ...event, attributes: clean(event.attributes) })),
    error: span.error === null ? null : secrets.mask(span.error),
    traceState: span.traceState === null ? null : secrets.mask(span.traceState),
  }));
}

function textsOf({ name, attributes, events, error, traceState }: StepSpan): string[] {
  const values = [attributes, ...events.map((event) => event.attributes)].flatMap((one) => Object.values(one).flat());
  return [name, error ?? '', traceState ?? '', ...values.filter((value) => typeof value === 'string')];
}
