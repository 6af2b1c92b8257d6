/** Which filters a request asked for: `repair` of its upstream, and quirks by name (contract 3.2, docs/quirks). */
import { invalidRequest } from '../errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import { answerByQuirks, createQuirkedStream } from '../quirks/apply-quirks.ts';
import { findQuirks } from '../quirks/index.ts';
import type { Quirk, QuirkAnswer } from '../quirks/quirk.ts';
import { createStreamRepair, type RepairReport } from '../repair/repair-stream.ts';
import type { UpstreamConfig } from '../upstreams/upstream.ts';
import type { StreamFilter } from './client-output.ts';
import type { ExchangeRequest } from './exchange-request.ts';

export interface ChosenFilters {
  repair: boolean;
  quirks: Quirk[];
  /** A quirk that answers in the upstream's place. */
  answer: QuirkAnswer | undefined;
}

/** Counts requests per set of quirks, since the bridge's start. */
export type QuirkCounter = (key: string) => number;

export function createQuirkCounter(): QuirkCounter {
  const counts = new Map<string, number>();
  return (key) => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count;
  };
}

/** @throws ProxyError 400 for a quirk that does not exist. */
export function chooseFilters(request: ExchangeRequest, config: UpstreamConfig, body: JsonObject, count: QuirkCounter): ChosenFilters {
  const header = (wanted: string) => request.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const names = [...(config.quirks ?? []), ...(request.quirks ?? []), ...toNames(header('x-deltascope-quirks'))];
  const repairHeader = header('x-deltascope-repair');
  const repair = config.kind === 'responses' && (repairHeader === undefined ? config.repair === true : repairHeader === 'on');
  let quirks: Quirk[];
  try {
    quirks = findQuirks([...new Set(names)]);
  } catch (error) {
    throw invalidRequest((error as Error).message, 'x-deltascope-quirks', 'unknown_quirk');
  }
  const answer = quirks.length === 0 ? undefined : answerByQuirks(quirks, { body, index: count(`${config.name} ${names.join(',')}`) });
  return { repair, quirks, answer };
}

export interface BuiltFilter extends StreamFilter {
  /** What repair did; undefined when it is off. */
  report(): RepairReport | undefined;
}

/** One filter for a whole stream: repair first, then the quirks. Undefined when nothing was asked for. */
export function createFilter(
  { repair, quirks }: ChosenFilters,
  body: JsonObject,
  createId: (prefix: string) => string,
): BuiltFilter | undefined {
  if (!repair && quirks.length === 0) return undefined;
  const mending = repair ? createStreamRepair() : undefined;
  const quirked = quirks.length > 0 ? createQuirkedStream(quirks, { request: body, createId }) : undefined;
  const pass = (bytes: Uint8Array) => quirked?.push(bytes) ?? [{ type: 'bytes' as const, bytes, delayMs: 0 }];
  return {
    push: (bytes) => pass(mending ? mending.push(bytes) : bytes),
    end: () => [...(mending ? pass(mending.end()) : []), ...(quirked?.end() ?? [])],
    report: () => mending?.report(),
  };
}

function toNames(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
