/** What the page needs to hand a session over, beyond what the contract names: comparison rows, repair, progress. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../proxy-core/config.ts';
import { createProxy, type Proxy } from '../../proxy-core/create-proxy.ts';
import type { ReadyObject, SessionsPage, SessionWithSteps, Step } from '../../proxy-core/protocol/api/control-api.ts';
import type {
  BundleFile,
  BundleProofs,
  OriginalFile,
  Probe,
  RepairPreview,
  Replay,
  ReproLine,
  StepComparison,
} from '../../proxy-core/protocol/api/handover-api.ts';
import { parseJson } from '../../proxy-core/protocol/json.ts';

// Bundles run seventeen clients on their streams, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const BROKEN = 'Tool loop with thinking, through LiteLLM';
let proxy: Proxy;
let ready: ReadyObject;
let session: SessionWithSteps;
const dataDir = mkdtempSync(join(tmpdir(), 'deltascope-handover-'));

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${ready.url}/api${path}`, { ...init, headers: { authorization: `Bearer ${ready.token}`, ...init.headers } });
}
async function get<Result>(path: string): Promise<Result> {
  return (await (await call(path)).json()) as Result;
}
async function post<Result>(path: string, body: unknown): Promise<Result> {
  return (await (await call(path, { method: 'POST', body: JSON.stringify(body) })).json()) as Result;
}
const faulty = (): Step => session.steps[1] as Step;

beforeAll(async () => {
  const config = readConfig({ port: '0', dataDir, upstream: [] }, {}, dataDir);
  proxy = await createProxy({ config, env: { CI: 'true' }, onNotice: () => undefined, withSamples: true });
  ready = await proxy.listen();
  const { sessions } = await get<SessionsPage>('/sessions');
  const found = sessions.find(({ title, findingCounts }) => title === BROKEN && findingCounts.error > 0);
  session = await get<SessionWithSteps>(`/sessions/${found?.id ?? ''}`);
});
afterAll(async () => {
  await proxy.close();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('repair', () => {
  it('says what it would change and how many findings stay', async () => {
    const preview = await get<RepairPreview>(`/steps/${faulty().id}/repair`);
    expect(preview.before.error).toBeGreaterThan(0);
    expect(preview.after.error).toBe(0);
    expect(preview.changes.length).toBeGreaterThan(0);
    const reply = await call(`/steps/${faulty().id}/repaired`);
    expect(reply.headers.get('content-disposition')).toContain('repaired.sse');
    expect((await reply.arrayBuffer()).byteLength).toBe(preview.size);
  });

  it('is a side of a comparison', async () => {
    const { id, sessionId } = faulty();
    const { equal, rows, right } = await get<StepComparison>(`/diff?left=${id}&right=repaired:${id}&rows=1`);
    expect(equal).toBe(false);
    expect(right).toMatchObject({ stepId: id, sessionId, step: 1, isRepaired: true });
    expect(rows.find(({ role }) => role === 'item 0 / part 0 / reasoning_summary_text.delta')?.kind).toBe('changed');
    expect(rows.filter(({ kind }) => kind === 'extra').length).toBeGreaterThan(0);
    expect((await call(`/diff?left=${id}&right=repaired:none`)).status).toBe(404);
  });
});

describe('minimal repro', () => {
  it('tells of its progress and ends with files that were run once more', async () => {
    const reply = await call(`/steps/${faulty().id}/repro`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: JSON.stringify({ rule: 'item-id-announced' }),
    });
    const lines = (await reply.text())
      .trim()
      .split('\n')
      .map((line) => parseJson(line) as ReproLine);
    expect(lines[0]).toMatchObject({ type: 'progress', tries: 0 });
    expect(lines.filter(({ type }) => type === 'progress').length).toBeGreaterThan(3);
    const last = lines.at(-1);
    if (last?.type !== 'result') throw new Error(JSON.stringify(last));
    expect(last.result).toMatchObject({ failure: 'rule item-id-announced', isVerified: true, isMinimal: true });
    expect(last.result.files.map(({ name }) => name)).toEqual(['repro.sse', 'repro.mjs', 'README.md']);
  });

  it('names what it can’t reduce before it starts', async () => {
    const reply = await call(`/steps/${faulty().id}/repro`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: JSON.stringify({ rule: 'arguments-json' }),
    });
    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain('does not break the rule');
  });
});

describe('replay and probe', () => {
  it('lists which step answered which request', async () => {
    const { baseURL, id } = await post<Replay>(`/sessions/${session.id}/replays`, { mode: 'serve', speed: 'max' });
    await (await fetch(`${baseURL ?? ''}/responses`, { method: 'POST', body: '{"input":"x","stream":true}' })).text();
    const replay = await get<Replay>(`/replays/${id}`);
    expect(replay).toMatchObject({ done: 1, asked: [{ step: 0, method: 'POST', path: '/responses' }] });
  });

  it('answers at once when nobody wants to wait', async () => {
    const probe = await post<Probe>('/probes', { upstream: 'demo', model: 'weather', waitMs: 0 });
    expect(probe.status).toBe('running');
    expect((await call(`/probes/${probe.id}`, { method: 'DELETE' })).status).toBe(204);
  });
});

describe('bundle', () => {
  it('shows its files before anything was taken out, and counts what was compared', { timeout: 120_000 }, async () => {
    const preview = await get<{ files: BundleFile[]; proofs: BundleProofs }>(`/sessions/${session.id}/bundle/preview?redact=content`);
    expect(preview.proofs).toMatchObject({ findingsAreTheSame: true, verdictsAreTheSame: true, filesWithSecrets: [] });
    expect(preview.proofs.findingCount).toBeGreaterThan(10);
    const file = preview.files.find(({ name }) => name === 'steps/1/emitted.sse');
    const original = await get<OriginalFile>(`/sessions/${session.id}/bundle/original?file=steps/1/emitted.sse`);
    expect(original.size).toBe(file?.size);
    expect(original.text).toContain('It is 21 degrees');
    expect((await call(`/sessions/${session.id}/bundle/original?file=report.md`)).status).toBe(404);
  });

  it('leaves out one that nobody waits for any more', async () => {
    const gone = new AbortController();
    const left = call(`/sessions/${session.id}/bundle`, { signal: gone.signal });
    gone.abort();
    await expect(left).rejects.toThrow('abort');
    const stays = await call(`/sessions/${session.id}/export?format=har`);
    expect(await stays.text()).toContain('"log"');
  });
});
