/** Which upstream a request goes to, under which model name, with whose credential (contract 3.2, 3.3). */
import { invalidRequest, notFound } from '../errors.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import type { UpstreamConfig } from '../upstreams/upstream.ts';

export interface UpstreamTarget {
  config: UpstreamConfig;
  /** The model without a routing prefix; null when the request names none. */
  model: string | null;
}

export interface TargetRequest {
  /** From the path (`/u/<name>/…`): then the model is never split. */
  upstreamName: string | undefined;
  model: string | undefined;
}

/** @throws ProxyError 404 when the path names an upstream that is not configured. */
export function findTarget(upstreams: readonly UpstreamConfig[], { upstreamName, model }: TargetRequest): UpstreamTarget {
  if (upstreamName !== undefined) {
    const config = upstreams.find(({ name }) => name === upstreamName);
    if (!config) throw notFound(`No upstream is called '${upstreamName}'. Configured: ${upstreams.map(({ name }) => name).join(', ')}.`);
    return { config, model: model ?? null };
  }
  const slash = model?.indexOf('/') ?? -1;
  if (model !== undefined && slash > 0) {
    const config = upstreams.find(({ name }) => name === model.slice(0, slash));
    if (config) return { config, model: model.slice(slash + 1) };
  }
  const first = upstreams[0];
  if (!first) throw invalidRequest('No upstream is configured. Start Deltascope with --upstream.');
  return { config: first, model: model ?? null };
}

/** The credential a client sent, whatever header its SDK uses; null when it sent none. */
export function findClientCredential(headers: HeaderList): string | null {
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (key === 'authorization') {
      const bearer = /^bearer\s+(.+)$/i.exec(value.trim());
      if (bearer?.[1]) return bearer[1];
    }
    if ((key === 'x-api-key' || key === 'x-goog-api-key' || key === 'api-key') && value.trim() !== '') return value.trim();
  }
  return null;
}

/**
 * The configured key, else the client's own.
 * @throws ProxyError 401 when the configuration names an environment variable that is not set.
 */
export function resolveCredential(config: UpstreamConfig, headers: HeaderList, env: NodeJS.ProcessEnv): string | null {
  if (config.apiKey === undefined) return findClientCredential(headers);
  if (!config.apiKey.startsWith('env:')) return config.apiKey;
  const name = config.apiKey.slice(4);
  const value = env[name];
  if (!value)
    throw invalidRequest(
      `Upstream '${config.name}' takes its key from ${name}, which is not set. Set it and start Deltascope again.`,
      null,
      'invalid_api_key',
    );
  return value;
}
