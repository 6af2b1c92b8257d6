/** The probe against our own bridge over every kind of upstream, and against servers that break streams. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeCommand } from '../../proxy-core/commands/probe.ts';
import { parseCommandLine } from '../../proxy-core/commands/command.ts';

import { runProbe } from '../../proxy-core/probe/run-probe.ts';
import type { Probe, ProbeReport } from '../../proxy-core/protocol/api/handover-api.ts';
import { scenarios } from '../../proxy-core/probe/scenarios/index.ts';
import { asArray, asObject, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import type { ScenarioName } from '../helpers/fake-scenarios.ts';
import { startFakeUpstream, type FakeKind, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startResponsesServer } from '../helpers/responses-server.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

const KINDS: readonly FakeKind[] = ['anthropic', 'openai-chat', 'gemini'];
/** What a model would answer to the requests of all scenarios, in their order. `errors` never gets as far as the upstream. */
const ANSWERS: readonly ScenarioName[] = [
  ...(['text', 'tool', 'text', 'parallel', 'text', 'text', 'text', 'text', 'text'] as const),
  ...(['think-text', 'json', 'text', 'text', 'text', 'text'] as const),
];

let fakes: FakeUpstream[];
let proxy: TestProxy;
let front: TestProxy;

beforeAll(async () => {
  fakes = await Promise.all(KINDS.map((kind) => startFakeUpstream(kind)));
  proxy = await startProxy({
    upstreams: KINDS.map((kind, index) => ({ name: kind, kind, baseURL: fakes[index]?.baseURL ?? '', apiKey: 'key-of-the-fake-1' })),
  });
  front = await startProxy({
    upstreams: [{ name: 'bridge', kind: 'responses', baseURL: `${proxy.ready.url}/u/demo/v1`, apiKey: 'none-needed-1' }],
  });
});

afterAll(async () => {
  await Promise.all([front.close(), proxy.close(), ...fakes.map((fake) => fake.close())]);
});

const outcomes = ({ scenarios: reports }: ProbeReport) =>
  reports.map(({ name, status, message }) => `${name}: ${status}${status === 'pass' ? '' : ` (${message})`}`);
const allPass = scenarios.map(({ name }) => `${name}: pass`);

describe('our own bridge', () => {
  it('passes all scenarios over the demo', async () => {
    expect(outcomes(await runProbe({ baseURL: `${proxy.ready.url}/u/demo/v1`, model: 'demo-claude' }))).toEqual(allPass);
  });

  it('passes all scenarios over an upstream that speaks Responses itself', async () => {
    expect(outcomes(await runProbe({ baseURL: front.ready.apiBase, model: 'demo-claude' }))).toEqual(allPass);
  });

  for (const [index, kind] of KINDS.entries()) {
    it(`passes all scenarios over ${kind}`, async () => {
      fakes[index]?.answer(...ANSWERS);
      expect(outcomes(await runProbe({ baseURL: `${proxy.ready.url}/u/${kind}/v1`, model: 'm' }))).toEqual(allPass);
    });
  }
});

describe('other servers', () => {
  it('fails where the stream breaks the protocol, with the findings as evidence', async () => {
    const broken = await startResponsesServer([loadSamples()[0]?.steps.at(-1)?.emitted.text ?? '']);
    const report = await runProbe({ baseURL: broken.baseURL, model: 'm', scenarios: ['text', 'errors'] });
    expect(report.summary).toEqual({ pass: 0, fail: 2, unsupported: 0 });
    expect(report.scenarios[0]?.message).toContain('The stream breaks the protocol');
    expect(report.scenarios[0]?.findings.some(({ severity }) => severity === 'error')).toBe(true);
    expect(report.scenarios[1]?.message).toContain('was accepted with 200');
    await broken.close();
  });

  it('fails with a sentence when nobody is there', async () => {
    const gone = await startResponsesServer();
    await gone.close();
    const report = await runProbe({ baseURL: gone.baseURL, model: 'm', scenarios: ['text'] });
    expect(report.scenarios[0]).toMatchObject({ status: 'fail' });
    expect(report.scenarios[0]?.message).toContain("can't be reached");
  });
});

describe('command and API', () => {
  it('prints the report as JSON, keeps the answers, and ends with 1 when a scenario fails', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'deltascope-probe-'));
    let out = '';
    const context = {
      cwd: dir,
      env: {},
      readStdin: () => Promise.resolve(Buffer.alloc(0)),
      out: (text: string | Uint8Array) => void (out += String(text)),
      err: () => undefined,
    };
    const run = (...args: string[]) => probeCommand.run(parseCommandLine(probeCommand, args), context);
    const target = ['--base-url', `${proxy.ready.url}/u/demo/v1`, '--model', 'demo-claude'];
    expect(await run(...target, '--scenario', 'tool', '--format', 'json', '--out', 'evidence')).toBe(0);
    expect(parseJsonObject(out)).toMatchObject({ model: 'demo-claude', summary: { pass: 1, fail: 0, unsupported: 0 } });
    expect(asObject(asArray(parseJsonObject(out)?.['scenarios'])[0])).toMatchObject({ name: 'tool', status: 'pass', findings: [] });
    expect(readdirSync(join(dir, 'evidence'))).toEqual(['tool.1.sse', 'tool.2.sse']);
    writeFileSync(join(dir, 'before.json'), out.replace('"pass"', '"fail"'));
    out = '';
    expect(await run(...target, '--scenario', 'tool', '--against', 'before.json')).toBe(0);
    expect(out).toContain('tool: fail → pass');
    await expect(run(...target, '--against', 'gone.json')).rejects.toThrow('gone.json');
    expect(await run('--base-url', 'http://127.0.0.1:1/v1', '--model', 'm', '--scenario', 'text')).toBe(1);
    await expect(run(...target, '--scenario', 'dance')).rejects.toThrow("no scenario 'dance'");
    await expect(run('--model', 'm')).rejects.toThrow('--base-url');
    rmSync(dir, { recursive: true });
  });

  it('runs from the page, with the answers kept as sessions', async () => {
    const body = JSON.stringify({ upstream: 'demo', model: 'demo-claude', scenarios: ['text', 'tool'] });
    const probe = await proxy.api<Probe>('/api/probes', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(probe).toMatchObject({ status: 'done', total: 2, summary: { pass: 2, fail: 0, unsupported: 0 } });
    const session = await proxy.session(probe.scenarios[1]?.sessionId ?? '');
    expect(session.steps.map(({ status, findingCounts }) => [status, findingCounts.error])).toEqual([
      ['completed', 0],
      ['completed', 0],
    ]);
    await expect(
      proxy.api('/api/probes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"model":"m"}' }),
    ).rejects.toThrow('400');
  });
});
