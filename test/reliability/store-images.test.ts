/** An image in a growing history, through the whole product: stored once, given back byte for byte, gone with its sessions. */
import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { startFakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy } from '../helpers/start-proxy.ts';
import { makeDir } from './store-stage.ts';

const image = Array.from({ length: 12_000 }, (_, i) => createHash('sha256').update(String(i)).digest('base64').slice(0, 43)).join('');

it('an image that is sent again with every turn takes its room once, on both sides and in the response store', async () => {
  const upstream = await startFakeUpstream('anthropic');
  const dataDir = makeDir();
  const proxy = await startProxy({
    dataDir,
    upstreams: [{ name: 'claude', kind: 'anthropic', baseURL: upstream.baseURL, apiKey: 'sk-test-0123456789abcdef' }],
  });
  const history: object[] = [
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'What is this?' },
        { type: 'input_image', image_url: `data:image/png;base64,${image}` },
      ],
    },
  ];
  const TURNS = 12;
  let lastStep = '';
  let lastBody = '';
  const sessions = new Set<string>();
  for (let turn = 0; turn < TURNS; turn++) {
    lastBody = JSON.stringify({ model: 'claude-x', stream: true, input: history });
    const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: lastBody,
    });
    expect(reply.status).toBe(200);
    await reply.text();
    lastStep = reply.headers.get('x-deltascope-step') ?? '';
    sessions.add(reply.headers.get('x-deltascope-session') ?? '');
    history.push({ role: 'assistant', content: `answer ${turn}` }, { role: 'user', content: `and then, ${turn}?` });
  }
  const detail = await proxy.api<StepDetail>(`/api/steps/${lastStep}`);
  expect(JSON.stringify(detail.request.body)).toBe(lastBody);
  expect(JSON.stringify(detail.upstreamRequests[0]?.body)).toContain(image);
  // A chain finds the image again, from the response store.
  const items = (await (
    await fetch(`${proxy.ready.apiBase}/responses/${detail.responseId}/input_items?order=asc&limit=1`)
  ).json()) as object;
  expect(JSON.stringify(items)).toContain(image);
  await proxy.close({ keep: true });

  const file = join(dataDir, 'deltascope.db');
  expect(statSync(file).size).toBeLessThan(image.length * 1.5 + 1_000_000);
  const db = new Sqlite(file, { readonly: true });
  expect(db.prepare('SELECT count(*) AS n, sum(length(bytes)) AS size FROM blobs').get()).toEqual({ n: 1, size: image.length });
  db.close();

  const again = await startProxy({ dataDir });
  for (const session of sessions)
    await fetch(`${again.ready.url}/api/sessions/${session}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${again.ready.token}` },
    });
  expect(statSync(file).size).toBeLessThan(image.length);
  await again.close({ keep: true });
  await upstream.close();
  rmSync(dataDir, { recursive: true, force: true });
});
