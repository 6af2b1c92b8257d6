/**
 * Sample sessions for the first start: real captures of LiteLLM 1.83.14 in front of scripted providers, bytes
 * untouched, so that a broken session can be looked at before there is one of one's own. Data only; who
 * imports them into the store decides what becomes of them.
 */
import cutUpstream from './litellm-cut-upstream.json' with { type: 'json' };
import geminiThinking from './litellm-gemini-thinking.json' with { type: 'json' };
import previousResponse from './litellm-previous-response.json' with { type: 'json' };
import toolLoop from './litellm-tool-loop.json' with { type: 'json' };
import { asArray, asNumber, asObject, asString, type JsonObject } from '../../protocol/json.ts';

export interface SampleSession {
  /** Stable; also the file's name. */
  id: string;
  title: string;
  /** One or two sentences: what is wrong here. */
  story: string;
  client: { name: string; version: string } | null;
  /** The gateway that made these Responses streams, with its version. */
  upstream: string;
  recordedAtMs: number;
  steps: SampleStep[];
}
export interface SampleStep {
  model: string;
  stream: boolean;
  httpStatus: number;
  /** The client's body of POST /v1/responses. */
  request: JsonObject;
  emitted: {
    contentType: string;
    /** The exact bytes that the client got, as UTF-8 text. */
    text: string;
    /** When they came: `[milliseconds since the request, bytes]`, one pair for each piece; the bytes add up. */
    timing: [number, number][];
  };
  /** The gateway's other side: what it asked of the provider and what it got; no timing, no headers. */
  upstream: { kind: 'anthropic' | 'gemini'; method: string; path: string; request: JsonObject; text: string };
}

/** In the order in which they should be listed, the most telling first. */
export function loadSamples(): SampleSession[] {
  return [toolLoop, geminiThinking, previousResponse, cutUpstream].map(toSession);
}

function toSession(raw: JsonObject): SampleSession {
  return {
    id: asString(raw.id) ?? '',
    title: asString(raw.title) ?? '',
    story: asString(raw.story) ?? '',
    client: null,
    upstream: asString(raw.upstream) ?? '',
    recordedAtMs: asNumber(raw.recordedAtMs) ?? 0,
    steps: asArray(raw.steps).map(asObject).map(toStep),
  };
}

function toStep(raw: JsonObject): SampleStep {
  const emitted = asObject(raw.emitted);
  const upstream = asObject(raw.upstream);
  return {
    model: asString(raw.model) ?? '',
    stream: raw.stream === true,
    httpStatus: asNumber(raw.httpStatus) ?? 0,
    request: asObject(raw.request),
    emitted: {
      contentType: asString(emitted.contentType) ?? '',
      text: asString(emitted.text) ?? '',
      timing: asArray(emitted.timing).map((pair): [number, number] => [asNumber(asArray(pair)[0]) ?? 0, asNumber(asArray(pair)[1]) ?? 0]),
    },
    upstream: {
      kind: upstream.kind === 'gemini' ? 'gemini' : 'anthropic',
      method: asString(upstream.method) ?? '',
      path: asString(upstream.path) ?? '',
      request: asObject(upstream.request),
      text: asString(upstream.text) ?? '',
    },
  };
}
