/**
 * A recorded session without its secrets, and on request without its content: the same events, ids, order,
 * sizes, times and chunk borders. What was taken out is listed. The record that comes in is not changed.
 */
import { isObject, parseJsonObject } from '../../protocol/json.ts';
import type { Redaction, RedactMode } from '../../protocol/api/handover-api.ts';
import type { HeaderList } from '../../protocol/capture/tap-event.ts';
import { isSecretHeader, REDACTED } from '../../recorder/redact.ts';
import { emittedBytes, toText, type AttemptRecord, type ChunkRecord, type SessionRecord, type StepRecord } from '../session-record.ts';
import { collectSchemaValues, isErrorMessage, isStructure } from './content-policy.ts';
import { createSecretFinder, type SecretFinder } from './find-secrets.ts';
import { learnBody, maskBody, maskRest } from './mask-bodies.ts';
import { openBody, type BodyText } from './open-body.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';

export type { Redaction, RedactMode } from '../../protocol/api/handover-api.ts';

export interface RedactedRecord {
  record: SessionRecord;
  redactions: Redaction[];
  /** Masks secrets in what is written about the record afterwards. */
  mask(text: string): string;
}

export interface RedactOptions {
  mode: RedactMode;
  /** Of this record, from `findRecordSecrets`. */
  secrets: SecretFinder;
  /** See ./placeholders.ts. */
  isDistinct?: boolean;
  /** See ./open-body.ts. */
  groupBy?: 'index' | 'item';
}

/** All credentials of a session: every text of it is searched, whole ones and those that were streamed in pieces. */
export async function findRecordSecrets(record: SessionRecord): Promise<SecretFinder> {
  const secrets = createSecretFinder();
  secrets.learn(record.session.title);
  for (const step of record.steps) learnStep(step, secrets);
  await secrets.search();
  return secrets;
}

export function redactRecord(record: SessionRecord, options: RedactOptions): RedactedRecord {
  const { mode, secrets, isDistinct = false, groupBy = 'index' } = options;
  const kept = new Set<string>();
  const said = new Set<string>();
  if (mode === 'content') for (const { request } of record.steps) collectSchemaValues(parseJsonObject(toText(request.body)) ?? {}, kept);
  const placeholders = mode === 'content' ? createPlaceholders({ kept, isDistinct }) : undefined;
  const counts = new Map<string, Redaction>();
  const context: Context = { secrets, placeholders, said, groupBy, count: 0 };
  const steps = record.steps.map((step, index) => {
    context.count = 0;
    const redacted = redactStep(step, context);
    countHeaders(redacted, counts);
    if (context.count > 0) {
      counts.set(`content ${index}`, { kind: 'content', what: `steps/${index}`, placeholder: 'x, X, 0', count: context.count });
    }
    return redacted;
  });
  const { session } = record;
  return {
    record: { session: { ...session, title: hideText(session.title, context) }, steps },
    mask: secrets.mask,
    get redactions() {
      const found = secrets.found.map(({ placeholder, rule, count }): Redaction => ({ kind: 'secret', what: rule, placeholder, count }));
      return [...found, ...counts.values()];
    },
  };
}

interface Context {
  secrets: SecretFinder;
  /** Undefined: content stays. */
  placeholders: Placeholders | undefined;
  /** Content that was hidden, to recognise it in error messages. */
  said: Set<string>;
  groupBy: 'index' | 'item';
  count: number;
}

function learnStep(step: StepRecord, secrets: SecretFinder): void {
  const { request, attempts } = step;
  secrets.learn(request.path);
  for (const [, value] of [...request.headers, ...(step.response?.headers ?? [])]) secrets.learn(value);
  for (const attempt of attempts) {
    secrets.learn(attempt.url);
    for (const [, value] of [...attempt.headers, ...attempt.responseHeaders]) secrets.learn(value);
    secrets.learn(attempt.error ?? '');
  }
  for (const body of [request.body, ...attempts.map((attempt) => attempt.body), emittedBytes(step), ...attemptBytes(step)])
    learnBody(body, secrets);
  if (step.gateway) learnStep(step.gateway, secrets);
}

function attemptBytes({ chunks }: StepRecord): Uint8Array[] {
  return byAttempt(chunks).map((list) => Buffer.concat(list.map(({ bytes }) => bytes)));
}

/** Each attempt has a body of its own; attempts follow one another. */
function byAttempt(chunks: readonly ChunkRecord[]): ChunkRecord[][] {
  const attempts = new Set(chunks.map(({ attempt }) => attempt));
  return [...attempts].map((wanted) => chunks.filter(({ attempt }) => attempt === wanted));
}

function redactStep(step: StepRecord, context: Context): StepRecord {
  const { secrets } = context;
  const body = (bytes: Uint8Array) => redactBody(bytes, context);
  const request = {
    ...step.request,
    path: secrets.mask(step.request.path),
    headers: maskHeaders(step.request.headers, secrets),
    body: body(step.request.body),
  };
  const attempts = step.attempts.map((attempt): AttemptRecord => ({
    ...attempt,
    url: secrets.mask(attempt.url),
    headers: maskHeaders(attempt.headers, secrets),
    responseHeaders: maskHeaders(attempt.responseHeaders, secrets),
    body: body(attempt.body),
    error: attempt.error === null ? null : hideError(attempt.error, context),
  }));
  const chunks = byAttempt(step.chunks).flatMap((list) => cutAgain(list, body));
  return {
    ...step,
    request,
    attempts,
    chunks,
    ...(step.gateway ? { gateway: redactStep(step.gateway, context) } : {}),
    writes: cutAgain(step.writes, body),
    response: step.response && { ...step.response, headers: maskHeaders(step.response.headers, secrets) },
    step: {
      ...step.step,
      path: secrets.mask(step.step.path),
      error: step.step.error === null ? null : hideError(step.step.error, context),
    },
    warnings: step.warnings.map((warning) => ({ ...warning, message: hideError(warning.message, context) })),
    // Their sentences quote the stream; whoever needs them lints and judges the redacted bytes.
    findings: context.placeholders ? [] : maskDeep(step.findings, secrets),
    verdicts: context.placeholders ? [] : maskDeep(step.verdicts, secrets),
  };
}

/** Redacts the whole of what came in pieces, and cuts it where it was cut. */
function cutAgain<Part extends { bytes: Uint8Array }>(parts: readonly Part[], redact: (bytes: Uint8Array) => Uint8Array): Part[] {
  const whole = redact(Buffer.concat(parts.map(({ bytes }) => bytes)));
  let at = 0;
  return parts.map((part) => {
    const bytes = whole.subarray(at, at + part.bytes.length);
    at += part.bytes.length;
    return { ...part, bytes };
  });
}

function redactBody(bytes: Uint8Array, context: Context): Uint8Array {
  const { secrets, placeholders } = context;
  if (bytes.length === 0 || !placeholders) return maskBody(bytes, secrets);
  const open = openBody(bytes, context.groupBy);
  for (const text of open.texts) note(text, context);
  for (const text of open.texts) hide(text, placeholders, context);
  return maskRest(open.finish(), secrets);
}

/** Content worth recognising: shorter ones are words. */
const MIN_SAID = 12;
const MAX_SAID = 5_000;

function note(text: BodyText, { said }: Context): void {
  if (text.kind !== 'number' && text.text.length >= MIN_SAID && said.size < MAX_SAID && !isStructure(text) && !isErrorMessage(text))
    said.add(text.text);
}

function hide(text: BodyText, placeholders: Placeholders, context: Context): void {
  if (isStructure(text)) {
    const masked = text.kind === 'number' ? text.text : context.secrets.mask(text.text);
    if (masked !== text.text) text.replace(masked);
    return;
  }
  const hidden =
    text.kind === 'number'
      ? text.text.replaceAll(/\d/g, '1')
      : isErrorMessage(text)
        ? hideError(text.text, context)
        : placeholders.text(text.text);
  if (hidden === text.text) return;
  context.count += 1;
  text.replace(hidden);
}

/** A program's sentence stays, unless it repeats what somebody said. */
function hideError(message: string, context: Context): string {
  const masked = context.secrets.mask(message);
  if (!context.placeholders) return masked;
  for (const said of context.said) if (masked.includes(said)) return context.placeholders.text(masked);
  return masked;
}

function hideText(text: string, { secrets, placeholders }: Context): string {
  return secrets.mask(placeholders ? placeholders.text(text) : text);
}

/** The recorder has masked these by name; what came in from elsewhere has not been there. */
function maskHeaders(headers: HeaderList, secrets: SecretFinder): HeaderList {
  return headers.map(([name, value]): [string, string] => [
    name,
    isSecretHeader(name) && !value.includes(REDACTED) && value !== '' ? REDACTED : secrets.mask(value),
  ]);
}

function countHeaders(step: StepRecord, counts: Map<string, Redaction>): void {
  const lists = [
    step.request.headers,
    step.response?.headers ?? [],
    ...step.attempts.flatMap(({ headers, responseHeaders }) => [headers, responseHeaders]),
  ];
  for (const [name, value] of lists.flat()) {
    if (!value.includes(REDACTED)) continue;
    const what = name.toLowerCase();
    const known = counts.get(`header ${what}`);
    if (known) known.count += 1;
    else counts.set(`header ${what}`, { kind: 'header', what, placeholder: REDACTED, count: 1 });
  }
  if (step.gateway) countHeaders(step.gateway, counts);
}

function maskDeep<Value>(value: Value, secrets: SecretFinder): Value {
  if (typeof value === 'string') return secrets.mask(value) as Value;
  if (Array.isArray(value)) return value.map((one: unknown) => maskDeep(one, secrets)) as Value;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskDeep(one, secrets)])) as Value;
}
