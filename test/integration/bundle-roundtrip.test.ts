/** A session as a bundle and back: complete, redacted, and with the same findings and verdicts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readBundle } from '../../proxy-core/import/read-bundle.ts';
import { readStreams } from '../../proxy-core/files/read-streams.ts';
import { readZip } from '../../proxy-core/files/read-zip.ts';
import { lintStreams } from '../../proxy-core/linter/lint-streams.ts';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import type { FindingsPage, VerdictsPage } from '../../proxy-core/protocol/api/control-api.ts';
import { asArray, asObject, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { startResponsesServer, type ResponsesServer } from '../helpers/responses-server.ts';

// Bundles run seventeen clients on their streams, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const KEYS = {
  header: 'sk-proj-aaaabbbbccccddddeeeeffff0001',
  body: 'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  split: 'sk-ant-api03-SplitAcrossDeltas-0123456789',
  dataUrl: 'AKIAIOSFODNN7EXAMPLE',
  /** Known to secretlint only. */
  shop: 'shpat_0123456789abcdef0123456789abcdef',
};
const WORDS = 'My grandmother Wilhelmine lives in Castrop-Rauxel.';

let server: ResponsesServer;
let proxy: TestProxy;
let other: TestProxy;
let sessionId: string;

beforeAll(async () => {
  server = await startResponsesServer();
  proxy = await startProxy({ upstreams: [{ name: 'gateway', kind: 'responses', baseURL: server.baseURL }] });
  other = await startProxy();
  // The second step of a real LiteLLM: text under an id that was never announced.
  const [sample] = loadSamples();
  server.streams.push(...(sample?.steps.map(({ emitted }) => emitted.text) ?? []));
  for (const [index, step] of (sample?.steps ?? []).entries()) {
    const first =
      index === 0
        ? {
            input: [
              {
                role: 'user',
                content: [
                  { type: 'input_text', text: `${WORDS} ${KEYS.body} ${KEYS.shop}` },
                  { type: 'input_image', image_url: toDataUrl(KEYS.dataUrl) },
                ],
              },
            ],
          }
        : {};
    const reply = await fetch(`${proxy.ready.apiBase}/responses?api_key=planted-in-the-query-1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS.header}` },
      body: JSON.stringify({ ...step.request, ...first }),
    });
    await reply.arrayBuffer();
    sessionId = reply.headers.get('x-deltascope-session') ?? '';
  }
  server.streams.push(splitStream(KEYS.split));
  await (
    await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', input: WORDS, stream: true }),
    })
  ).arrayBuffer();
});

afterAll(async () => {
  await Promise.all([proxy.close(), other.close(), server.close()]);
});

const bundle = (redact: string, id = sessionId) => proxy.bytes(`/api/sessions/${id}/bundle?redact=${redact}`);
const keysOf = (findings: readonly { rule: string; event: number | null; severity: string }[]) =>
  findings.map(({ rule, event, severity }) => `${severity} ${rule} ${event}`);

async function upload(to: TestProxy, bytes: Uint8Array, name: string): Promise<{ sessions: string[]; skipped: JsonObject[] }> {
  return to.api('/api/imports', { method: 'POST', headers: { 'x-file-name': name }, body: Buffer.from(bytes) });
}

describe('bundle', () => {
  it('holds what the contract names, for each step', async () => {
    const members = await readZip(await bundle('secrets'), () => true);
    const perStep = [
      'request.json',
      'upstream-request.json',
      'upstream.sse',
      'emitted.sse',
      'timing.json',
      'findings.json',
      'verdicts.json',
    ];
    for (const name of ['report.md', 'manifest.json', 'session.json', 'session.har', 'repro.mjs'])
      expect([...members.keys()]).toContain(name);
    for (const name of perStep) expect([...members.keys()]).toContain(`steps/1/${name}`);
    const manifest = json(members.get('manifest.json'));
    expect(manifest).toMatchObject({
      format: 'deltascope-bundle',
      version: 1,
      redact: 'secrets',
      proofs: { findingsAreTheSame: true, verdictsAreTheSame: true },
    });
    expect(asArray(manifest['redactions']).length).toBeGreaterThan(0);
    const { steps } = await proxy.session(sessionId);
    expect(Buffer.from(members.get('steps/1/emitted.sse') ?? [])).toEqual(await proxy.bytes(`/api/steps/${steps[1]?.id ?? ''}/emitted`));
  });

  it('tells the first fault with the events around it, who breaks, and how to run it', async () => {
    const report = text((await readZip(await bundle('secrets'), () => true)).get('report.md'));
    for (const heading of [
      '## What happened',
      '## What was expected',
      '## The events around it',
      '## Who breaks',
      '## Versions',
      '## Run it again',
    ]) {
      expect(report).toContain(heading);
    }
    expect(report).toMatch(/^>\s+\d+ /m);
    expect(report).toContain('node repro.mjs');
  });

  for (const redact of ['secrets', 'content']) {
    it(`holds none of the planted secrets (${redact})`, async () => {
      for (const { id } of (await proxy.sessions()).sessions) {
        const members = await readZip(await bundle(redact, id), () => true);
        for (const [name, bytes] of members) {
          const all = text(bytes);
          for (const secret of [...Object.values(KEYS), Buffer.from(KEYS.dataUrl).toString('base64'), 'planted-in-the-query']) {
            expect(all.includes(secret), `${secret} in ${name}`).toBe(false);
          }
          expect(deltasOf(all), name).not.toContain(KEYS.split);
        }
      }
    });

    it(`gives the same findings and verdicts in another data folder (${redact})`, async () => {
      const bytes = await bundle(redact);
      const { sessions, skipped } = await upload(other, bytes, 'bundle.zip');
      expect(skipped).toEqual([]);
      const before = await proxy.session(sessionId);
      const after = await other.session(sessions[0] ?? '');
      expect(after.stepCount).toBe(before.stepCount);
      for (const [index, step] of before.steps.entries()) {
        const twin = after.steps[index]?.id ?? '';
        const [mine, theirs] = await Promise.all([proxy.findings(step.id), other.api<FindingsPage>(`/api/steps/${twin}/findings`)]);
        expect(mine.findings.length).toBeGreaterThan(0);
        expect(keysOf(theirs.findings)).toEqual(keysOf(mine.findings));
        const verdicts = await Promise.all([
          proxy.api<VerdictsPage>(`/api/steps/${step.id}/verdicts`),
          other.api<VerdictsPage>(`/api/steps/${twin}/verdicts`),
        ]);
        const [own, other1] = verdicts.map((page) => page.verdicts.map(({ client, outcome }) => `${client} ${outcome}`));
        expect(own?.length).toBeGreaterThan(0);
        expect(other1).toEqual(own);
      }
      // `lint F.zip` says the same of the bytes in it.
      const linted = lintStreams((await readStreams('bundle.zip', bytes)).streams);
      expect(linted.length).toBe(before.steps.length);
      expect(keysOf(linted[1]?.findings ?? []).filter((key) => key.startsWith('error'))).toEqual(
        keysOf((await proxy.findings(before.steps[1]?.id ?? '')).findings).filter((key) => key.startsWith('error')),
      );
    });
  }

  it('is made of a record that never held the keys of requests', async () => {
    for (const { id } of (await proxy.sessions()).sessions) {
      for (const step of (await proxy.session(id)).steps) {
        const detail = JSON.stringify(await proxy.step(step.id));
        for (const secret of [KEYS.header, KEYS.body, KEYS.dataUrl, Buffer.from(KEYS.dataUrl).toString('base64'), 'planted-in-the-query']) {
          expect(detail.includes(secret), secret).toBe(false);
        }
      }
    }
    const database = readFileSync(join(proxy.dataDir, 'deltascope.db')).toString('latin1');
    for (const secret of [KEYS.header, KEYS.body]) expect(database.includes(secret)).toBe(false);
    // What goes upstream is what the client sent.
    expect(JSON.stringify(server.seen[0]?.body)).toContain(KEYS.body);
  });

  it('keeps ids, sizes and times when the content goes, and nothing of what was said', async () => {
    const [open, hidden] = await Promise.all(['secrets', 'content'].map(async (redact) => readBundle(await bundle(redact))));
    expect(hidden?.steps.map(({ writes }) => writes.map(({ tUs, bytes }) => [tUs, bytes.length]))).toEqual(
      open?.steps.map(({ writes }) => writes.map(({ tUs, bytes }) => [tUs, bytes.length])),
    );
    expect(hidden?.steps.map(({ step }) => step.responseId)).toEqual(open?.steps.map(({ step }) => step.responseId));
    const members = await readZip(await bundle('content'), () => true);
    for (const [name, bytes] of members) {
      for (const word of ['grandmother', 'Wilhelmine', 'Castrop', 'Paris', 'Weather for a city'])
        expect(text(bytes).includes(word), `${word} in ${name}`).toBe(false);
    }
  });
});

describe('diff', () => {
  it('finds a session equal to its own bundle, and unequal to another step', async () => {
    const { sessions } = await upload(proxy, await bundle('secrets'), 'again.zip');
    const [left, right] = [await proxy.session(sessionId), await proxy.session(sessions[0] ?? '')];
    const diff = (a: number, b: number) =>
      proxy.api<{ equal: boolean; differences: unknown[] }>(`/api/diff?left=${left.steps[a]?.id ?? ''}&right=${right.steps[b]?.id ?? ''}`);
    expect(await diff(1, 1)).toEqual({ equal: true, differences: [] });
    expect((await diff(0, 1)).differences.length).toBeGreaterThan(0);
  });

  it('refuses steps that are not there', async () => {
    await expect(proxy.api('/api/diff?left=step_none&right=step_none')).rejects.toThrow('404');
    await expect(proxy.api('/api/diff?left=step_none')).rejects.toThrow('400');
  });
});

function toDataUrl(secret: string): string {
  return `data:text/plain;base64,${Buffer.from(`[default]\naws_access_key_id = ${secret}\n`).toString('base64')}`;
}

/** A clean text stream that says the secret in pieces of three characters. */
function splitStream(secret: string): string {
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] as object[] };
  const response = {
    id: 'resp_split',
    object: 'response',
    created_at: 1,
    status: 'in_progress',
    model: 'm',
    output: [] as object[],
    usage: null as unknown,
  };
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  const said = `The key is ${secret}.`;
  const part = { type: 'output_text', text: said, annotations: [] };
  const done = { ...item, status: 'completed', content: [part] };
  const events = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...(said.match(/.{1,3}/g) ?? []).map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
    { type: 'response.output_text.done', ...at, text: said },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item: done },
    {
      type: 'response.completed',
      response: { ...response, status: 'completed', output: [done], usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } },
    },
  ];
  return events.map((event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`).join('');
}

/** What the deltas say when they are joined. */
function deltasOf(sse: string): string {
  return sse
    .split('\n')
    .map((line) => asObject(parseJsonObject(line.replace(/^data: /, '')))['delta'])
    .filter((delta) => typeof delta === 'string')
    .join('');
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}

function json(bytes: Uint8Array | undefined): JsonObject {
  return parseJsonObject(text(bytes)) ?? {};
}
