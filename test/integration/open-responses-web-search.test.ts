/** A client's web_search tool: the provider's own where that is configured, else left out with a word about it. */
import { afterEach, describe, expect, it } from 'vitest';
import { asArray, asObject } from '../../proxy-core/protocol/json.ts';
import { askResponses } from '../helpers/ask-responses.ts';
import { startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const search = { type: 'web_search', filters: { allowed_domains: ['example.org'] }, user_location: { type: 'approximate', country: 'AT' } };
const weather = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: {} } };

describe('web_search', () => {
  let upstream: FakeUpstream;
  let proxy: TestProxy;
  afterEach(async () => {
    await proxy.close();
    await upstream.close();
  });

  async function ask(kind: FakeKind, webSearch: boolean, tools: object[]) {
    upstream = await startFakeUpstream(kind);
    proxy = await startProxy({ upstreams: [{ name: 'fake', kind, baseURL: upstream.baseURL, apiKey: 'k', webSearch }] });
    const model = kind === 'anthropic' ? 'claude-sonnet-5' : 'gemini-3-pro';
    const answer = await askResponses(proxy.ready.apiBase, { model, input: 'Search', tools, max_tool_calls: 2 });
    return { answer, sent: asArray(upstream.seen[0]?.body['tools']).map(asObject) };
  }

  it('is Anthropic’s own where that is configured, with the same filters and place', async () => {
    const { answer, sent } = await ask('anthropic', true, [search, weather]);
    expect(answer.response.status).toBe('completed');
    expect(sent.at(-1)).toEqual({
      type: 'web_search_20250305',
      name: 'web_search',
      allowed_domains: ['example.org'],
      user_location: { type: 'approximate', country: 'AT' },
      max_uses: 2,
    });
    expect(sent).toHaveLength(2);
  });

  it('is Google’s own where that is configured, also as the only tool', async () => {
    expect((await ask('gemini', true, [search])).sent).toEqual([{ googleSearch: {} }]);
  });

  it('is left out with a warning where it is not configured', async () => {
    const { answer, sent } = await ask('anthropic', false, [search, weather]);
    expect(sent.map(({ name }) => name)).toEqual(['get_weather']);
    const { warnings } = await proxy.step(answer.headers.get('x-deltascope-step') ?? '');
    expect(answer.headers.get('x-deltascope-warnings')).toBe(String(warnings.length));
    expect(warnings.map(({ code }) => code)).toContain('tool_dropped');
  });

  it('is refused as the only tool where it is not configured', async () => {
    const { answer } = await ask('anthropic', false, [search]);
    expect([answer.status, answer.error['param'], upstream.seen.length]).toEqual([400, 'tools', 0]);
  });
});
