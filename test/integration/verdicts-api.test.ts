/** Verdicts of real clients over the control API. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VerdictsPage } from '../../proxy-core/protocol/api/control-api.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startProxy();
});
afterAll(() => proxy.close());

async function verdictsOf(path: string): Promise<VerdictsPage['verdicts']> {
  const reply = await fetch(`${proxy.ready.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo-claude', stream: true, input: 'Hello' }),
  });
  await reply.text();
  return (await proxy.api<VerdictsPage>(`/api/steps/${reply.headers.get('x-deltascope-step') ?? ''}/verdicts`)).verdicts;
}

it('says that every client takes a clean stream', async () => {
  const verdicts = await verdictsOf('/v1/responses');
  expect(verdicts.length).toBeGreaterThan(10);
  expect(verdicts.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
});

it('says whom a fault breaks, in the client’s own words', async () => {
  const verdicts = await verdictsOf('/quirks/response-id-change/v1/responses');
  expect(verdicts.find(({ client }) => client === 'openai-node-stream')).toMatchObject({
    outcome: 'error',
    basis: 'ran',
    version: '7.55.0',
  });
  expect(verdicts.find(({ client }) => client === 'ai7')).toMatchObject({ outcome: 'ok', basis: 'ran' });
});
