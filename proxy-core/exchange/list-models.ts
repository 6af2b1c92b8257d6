/** The models of all upstreams in one list; an upstream that can't say is left out, never an error. */
import { asArray, asObject, asString, parseJson } from '../protocol/json.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import type { TranslatingUpstream, UpstreamConfig, UpstreamKind } from '../upstreams/upstream.ts';
import { resolveCredential } from './upstream-target.ts';

export interface ListedModel {
  id: string;
  object: 'model';
  created: number;
  owned_by: string;
}
export type ModelLister = (rawHeaders: readonly string[]) => Promise<ListedModel[]>;

export interface ListModelsDeps {
  upstreams: readonly UpstreamConfig[];
  translators: Readonly<Partial<Record<UpstreamKind, TranslatingUpstream>>>;
  env: NodeJS.ProcessEnv;
}

const TIMEOUT_MS = 5_000;

export function createModelLister({ upstreams, translators, env }: ListModelsDeps): ModelLister {
  return async (rawHeaders) => {
    const headers: HeaderList = [];
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
    const lists = await Promise.allSettled(upstreams.map((config) => listOne(config, resolveCredential(config, headers, env))));
    return lists.flatMap((list, index) => {
      const name = (upstreams[index] as UpstreamConfig).name;
      if (list.status === 'rejected') return [];
      // The default upstream's models go without a prefix too, as clients know them.
      const ids = index === 0 ? list.value.flatMap((id) => [id, `${name}/${id}`]) : list.value.map((id) => `${name}/${id}`);
      return ids.map((id): ListedModel => ({ id, object: 'model', created: 0, owned_by: name }));
    });
  };

  async function listOne(config: UpstreamConfig, credential: string | null): Promise<string[]> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    if (config.kind !== 'responses')
      return (await translators[config.kind]?.listModels?.({ config, credential, signal, onRequest: () => undefined })) ?? [];
    const reply = await fetch(`${config.baseURL.replace(/\/+$/, '')}/models`, {
      signal,
      headers: { ...config.headers, ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
    });
    const list = asObject(parseJson(await reply.text()));
    return asArray(list['data']).flatMap((model) => asString(asObject(model)['id']) ?? []);
  }
}
