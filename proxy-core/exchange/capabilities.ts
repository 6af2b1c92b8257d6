/**
 * What a model can do, asked of the upstream's models endpoint where our own table does not know it: once per
 * upstream and model, never longer than two seconds, and never so that the request itself could fail. Servers
 * on this machine are not asked: they have no such endpoint, and it is their requests that are being debugged.
 */
import { isLoopback } from '../config.ts';
import { asObject, type JsonObject } from '../protocol/json.ts';
import type { ModelCapabilities, TranslatingUpstream, UpstreamConfig } from '../upstreams/upstream.ts';

export interface CapabilityRequest {
  translator: TranslatingUpstream;
  config: UpstreamConfig;
  model: string;
  credential: string | null;
  /** The client's request: only one that leaves its limit open, or names an effort, needs the answer. */
  body: JsonObject;
  signal: AbortSignal;
}

/** Undefined when it was not asked, did not answer in time, or has nothing to say. */
export type CapabilityLookup = (request: CapabilityRequest) => Promise<ModelCapabilities | undefined>;

export interface CapabilityOptions {
  /** Microseconds since the epoch. */
  nowUs: () => number;
  timeoutMs?: number;
}

const TIMEOUT_MS = 2_000;
/** An endpoint that said nothing is asked again after this. */
const RETRY_US = 5 * 60 * 1_000_000;

export function createCapabilityLookup({ nowUs, timeoutMs = TIMEOUT_MS }: CapabilityOptions): CapabilityLookup {
  const known = new Map<string, { answer: Promise<ModelCapabilities | undefined>; askedAtUs: number; isEmpty: boolean }>();

  return async (request) => {
    const { translator, config, model } = request;
    if (!isWorthAsking(request)) return undefined;
    const key = `${config.name} ${model}`;
    const earlier = known.get(key);
    if (earlier && !(earlier.isEmpty && nowUs() - earlier.askedAtUs > RETRY_US)) return earlier.answer;
    const asked = { answer: ask(request), askedAtUs: nowUs(), isEmpty: false };
    known.set(key, asked);
    const answer = await asked.answer;
    asked.isEmpty = answer === undefined;
    return answer;

    async function ask({ credential, signal }: CapabilityRequest): Promise<ModelCapabilities | undefined> {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const late = new Promise<undefined>((resolve) => limited.addEventListener('abort', () => resolve(undefined), { once: true }));
      const answer = translator.fetchCapabilities?.({ config, model, credential, signal: limited });
      return Promise.race([Promise.resolve(answer).catch(() => undefined), late]);
    }
  };
}

function isWorthAsking({ translator, config, model, body }: CapabilityRequest): boolean {
  if (!translator.fetchCapabilities || translator.knowsModel?.(model) !== false) return false;
  if (isLoopback(new URL(config.baseURL).hostname.replace(/^\[|\]$/g, ''))) return false;
  const effort = asObject(body['reasoning'])['effort'];
  return (effort !== undefined && effort !== null) || typeof body['max_output_tokens'] !== 'number';
}
