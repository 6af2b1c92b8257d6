/**
 * A quirk is one named way in which real gateways break Responses streams, applied on purpose so that a
 * client can be tested against it. It is data and pure functions: it changes events, or bytes and their
 * timing, or answers instead of the upstream. What a stream is served by, and how it is recorded, is not
 * known here. One file per quirk, one line in ./index.ts, one page in docs/quirks/.
 */
import type { JsonObject } from '../protocol/json.ts';
import type { ResponsesEvent } from '../protocol/responses/wire.ts';

export interface Quirk {
  /** Kebab-case; also the name of its file and of its page. */
  id: string;
  title: string;
  /** What it does to a stream, in one or two sentences. */
  description: string;
  /** Which streams show it; empty when all do. */
  needs: string;
  /** The public report it comes from; null for faults that every network has. */
  thread: QuirkThread | null;
  /** Rules that find it, all of them and no others, on an otherwise clean stream. */
  rules: readonly string[];
  /** True when it numbers the events itself; else they are numbered anew after it. */
  hasOwnNumbers?: boolean;
  /** Answers instead of the upstream; undefined lets the request through. */
  answer?(request: QuirkRequest): QuirkAnswer | undefined;
  createTransform?(context: QuirkContext): QuirkTransform;
  createDelivery?(): QuirkDelivery;
}

export interface QuirkThread {
  repo: string;
  number: number;
  kind: 'issues' | 'pull';
}

export interface QuirkRequest {
  body: JsonObject;
  /** How many requests came before this one since the quirk was switched on. */
  index: number;
}

export interface QuirkAnswer {
  status: number;
  headers: Record<string, string>;
  body: JsonObject;
}

/** Of one stream. */
export interface QuirkContext {
  /** The client's request body. */
  request: JsonObject;
  createId: (prefix: string) => string;
}

/** Events in, events out; an event object is never changed in place. */
export interface QuirkTransform {
  push(event: ResponsesEvent): ResponsesEvent[];
  /** What was held back, at the stream's end. */
  end(): ResponsesEvent[];
}

/** The stream's bytes in, what to write and when out. */
export interface QuirkDelivery {
  push(bytes: Uint8Array): Delivery[];
  end(): Delivery[];
}

export type Delivery =
  /** Wait this long after the previous write was done, then write. */
  | { type: 'bytes'; bytes: Uint8Array; delayMs: number }
  /** Break the connection off; nothing follows. */
  | { type: 'disconnect' };

export function defineQuirk(quirk: Quirk): Quirk {
  return quirk;
}

export function toThreadUrl({ repo, kind, number }: QuirkThread): string {
  return `https://github.com/${repo}/${kind}/${number}`;
}
