/** Files of others into the record, and hostile ones out again with a sentence. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { exportCommand } from '../../proxy-core/commands/export.ts';
import { importCommand } from '../../proxy-core/commands/import.ts';
import { parseCommandLine, type Command } from '../../proxy-core/commands/command.ts';
import { writeZip } from '../../proxy-core/bundle/write-zip.ts';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import { lintStreams } from '../../proxy-core/linter/lint-streams.ts';
import { asArray, asObject, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';

// Bundles run seventeen clients on their streams, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const [sample] = loadSamples();
const broken = Buffer.from(sample?.steps[1]?.emitted.text ?? '');
let proxy: TestProxy;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-import-'));
  proxy = await startProxy();
});
afterAll(async () => {
  await proxy.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Imported {
  sessions: string[];
  skipped: { name: string; why: string }[];
}
const upload = (bytes: Uint8Array | string, name: string): Promise<Imported> =>
  proxy.api('/api/imports', { method: 'POST', headers: { 'x-file-name': encodeURIComponent(name) }, body: Buffer.from(bytes) });

async function findingsOf(sessionId: string): Promise<string[]> {
  const { steps } = await proxy.session(sessionId);
  const pages = await Promise.all(steps.map(({ id }) => proxy.findings(id)));
  return pages.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity === 'error').map(({ rule, event }) => `${rule} ${event}`),
  );
}
const expected = lintStreams([{ name: 'x', bytes: broken }])[0]?.findings.flatMap(({ rule, event, severity }) =>
  severity === 'error' ? [`${rule} ${event}`] : [],
);

describe('imports', () => {
  it('takes a raw stream, and finds what lint finds', async () => {
    const { sessions, skipped } = await upload(broken, 'broken <b>stream.sse');
    expect(skipped).toEqual([]);
    expect(expected?.length).toBeGreaterThan(0);
    expect(await findingsOf(sessions[0] ?? '')).toEqual(expected);
    const session = await proxy.session(sessions[0] ?? '');
    expect(session.title).toBe('broken <b>stream.sse');
    expect((await proxy.bytes(`/api/steps/${session.steps[0]?.id ?? ''}/emitted`)).equals(broken)).toBe(true);
    expect(session.startedAt).toBeGreaterThan(1_700_000_000_000_000);
  });

  it('takes what curl -i printed', async () => {
    const dump = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'), broken]);
    expect(await findingsOf((await upload(dump, 'curl.txt')).sessions[0] ?? '')).toEqual(expected);
  });

  it('takes HAR as browsers write it, and says what it left out', async () => {
    const entry = (url: string, response: object, text = '') => ({
      startedDateTime: '2026-06-01T10:00:00.000Z',
      time: 1500,
      timings: { send: 1, wait: 200, receive: 1299 },
      request: {
        method: 'POST',
        url,
        headers: [{ name: 'Authorization', value: 'Bearer sk-proj-from-a-browser-0001' }],
        postData: { text },
      },
      response: { status: 200, headers: [{ name: 'content-type', value: 'text/event-stream' }], ...response },
    });
    const har = {
      log: {
        entries: [
          entry(
            'https://gw.example/v1/responses?api_key=abcdefgh',
            { content: { mimeType: 'text/event-stream', text: broken.toString('base64'), encoding: 'base64' } },
            '{"model":"m","input":"Hi"}',
          ),
          entry('https://gw.example/v1/responses', { content: { size: 900, mimeType: 'text/event-stream' } }),
          entry('https://gw.example/style.css', { content: { text: 'a{}' } }),
          entry(
            'https://gw.example/v1/responses',
            { status: 429, content: { mimeType: 'application/json', text: '{"error":{"message":"slow down"}}' } },
            '{"model":"m","input":"Hi"}',
          ),
        ],
      },
    };
    const { sessions, skipped } = await upload(JSON.stringify(har), 'browser.har');
    expect(sessions).toHaveLength(1);
    expect(skipped).toMatchObject([{ name: 'browser.har: entry 1', why: expect.stringContaining('has no body') as string }]);
    const session = await proxy.session(sessions[0] ?? '');
    expect(session.steps.map(({ status, httpStatus, model }) => [status, httpStatus, model])).toEqual([
      ['completed', 200, 'm'],
      ['failed', 429, 'm'],
    ]);
    expect(session.startedAt).toBe(Date.parse('2026-06-01T10:00:00.000Z') * 1000);
    const detail = await proxy.step(session.steps[0]?.id ?? '');
    expect(JSON.stringify(detail)).not.toMatch(/sk-proj|abcdefgh/);
    expect(detail.request.body).toEqual({ model: 'm', input: 'Hi' });
  });

  it('takes AI SDK DevTools runs whose raw chunks were kept', async () => {
    const chunks = readFrames(broken).flatMap(({ data }) => parseJsonObject(data) ?? []);
    const step = {
      run_id: 'r1',
      step_number: 1,
      type: 'stream',
      model_id: 'm',
      provider: 'openai.responses',
      started_at: '2026-06-01T10:00:00Z',
      duration_ms: 10,
    };
    const db = {
      runs: [{ id: 'r1', started_at: '2026-06-01T10:00:00Z', function_id: 'chat' }],
      steps: [
        {
          ...step,
          raw_request: JSON.stringify({ model: 'm', input: 'Hi' }),
          raw_chunks: JSON.stringify(chunks.map((rawValue) => ({ type: 'raw', rawValue }))),
        },
        { ...step, step_number: 2, raw_chunks: null },
      ],
    };
    const { sessions, skipped } = await upload(JSON.stringify(db), 'generations.json');
    expect(skipped).toMatchObject([{ why: expect.stringContaining('raw chunks') as string }]);
    expect(await findingsOf(sessions[0] ?? '')).toEqual(expected?.filter((key) => !key.startsWith('event-name')));
  });

  it('takes the file that AI SDK DevTools 1.0.22 itself wrote, streamed and not', async () => {
    const file = readFileSync(join(import.meta.dirname, '../../proxy-core/import/__fixtures__/devtools-1.0.22.json'));
    const { sessions, skipped } = await upload(file, 'generations.json');
    expect([sessions.length, skipped]).toEqual([1, []]);
    const { steps } = await proxy.session(sessions[0] ?? '');
    expect(steps.map(({ stream, status, model, upstream, responseId }) => [stream, status, model, upstream, responseId])).toEqual([
      [true, 'completed', 'm', 'openai.responses', 'resp_1'],
      [false, 'completed', 'm', 'openai.responses', 'resp_1'],
    ]);
    expect(steps[0]?.durationMs).toBeGreaterThan(0);
    // The stream that it had recorded named an item that was never announced.
    expect(await findingsOf(sessions[0] ?? '')).toContain('item-id-announced 3');
    expect((await proxy.step(steps[0]?.id ?? '')).request.body).toMatchObject({ model: 'm', input: [{ role: 'user' }] });
  });

  it('brings our own HAR and a zip of streams back', async () => {
    const first = await upload(broken, 'one.sse');
    const har = await proxy.bytes(`/api/sessions/${first.sessions[0] ?? ''}/export?format=har`);
    expect(await findingsOf((await upload(har, 'export.har')).sessions[0] ?? '')).toEqual(expected);
    const zip = await writeZip(
      new Map([
        ['a/one.sse', broken],
        ['b/two.sse', broken],
        ['readme.txt', Buffer.from('hi')],
      ]),
    );
    expect((await upload(zip, 'streams.zip')).sessions).toHaveLength(2);
    const lines = (await proxy.bytes(`/api/sessions/${first.sessions[0] ?? ''}/export?format=jsonl`)).toString('utf8').trim().split('\n');
    expect(lines.map((line) => parseJsonObject(line)?.['type'])).toEqual([
      'session',
      'step',
      ...readFrames(broken)
        .filter(({ data }) => data !== '[DONE]')
        .map(() => 'event'),
      ...lines
        .slice(2)
        .filter((line) => line.startsWith('{"type":"finding"'))
        .map(() => 'finding'),
    ]);
  });
});

describe('hostile files', () => {
  const refuse = async (bytes: Uint8Array | string, name: string, why: string): Promise<void> => {
    const { sessions, skipped } = await upload(bytes, name);
    expect(sessions).toEqual([]);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]?.why).toContain(why);
  };

  it('are refused with a sentence', async () => {
    await refuse('hello', 'a.txt', 'no SSE frame');
    await refuse('{"log": {"entries": [', 'cut.har', 'not valid JSON');
    await refuse('{"log":{"entries":[null,1,{"request":{"url":"::"}}]}}', 'odd.har', 'no object');
    await refuse('{"runs":[{"id":1}],"steps":[{"run_id":1}]}', 'generations.json', 'raw chunks');
    await refuse(Buffer.from('PK\u0003\u0004 not really a zip'), 'fake.zip', "can't be read");
    await refuse(`${'['.repeat(200_000)}`, 'deep.json', 'no SSE frame');
  });

  it('do not leave their archive, however their members are called', async () => {
    const zip = await writeZip(new Map([['steps/0/emitted.sse', broken]]));
    const evil = Buffer.from(zip.toString('latin1').replaceAll('steps/0/emitted.sse', '../../../evil12.sse'), 'latin1');
    await refuse(evil, '../../etc/passwd', "can't be read");
  });

  it('that unpack to more than is allowed are refused before they are unpacked', async () => {
    const zip = await writeZip(new Map([['bomb.sse', Buffer.alloc(300_000_000, 'a')]]));
    expect(zip.length).toBeLessThan(1_000_000);
    await refuse(zip, 'bomb.zip', 'more than is allowed');
  });

  it('of a bundle with made-up JSON are read as far as they make sense', async () => {
    const odd = {
      timing: { chunks: [{ size: -5 }, { size: 1e12 }], writes: [{ size: 'x', tUs: 'y' }], events: 'none' },
      step: { status: '<script>', startedAt: 'now' },
    };
    const zip = await writeZip(
      new Map([
        ['manifest.json', Buffer.from('{"format":"deltascope-bundle","version":1}')],
        ['session.json', Buffer.from(JSON.stringify({ title: '<img src=x onerror=alert(1)>', client: 7, steps: [odd.step] }))],
        ['steps/0/emitted.sse', broken],
        ['steps/0/timing.json', Buffer.from(JSON.stringify(odd.timing))],
        ['steps/0/request.json', Buffer.from('[]')],
        ['steps/0/findings.json', Buffer.from('{"findings":[{"rule":"made-up","severity":"error","message":"no"}]}')],
      ]),
    );
    const { sessions } = await upload(zip, 'odd.zip');
    expect(await findingsOf(sessions[0] ?? '')).toEqual(expected);
    expect((await proxy.session(sessions[0] ?? '')).title).toBe('<img src=x onerror=alert(1)>');
    await refuse(
      await writeZip(new Map([['manifest.json', Buffer.from('{"format":"deltascope-bundle","version":2}')]])),
      'new.zip',
      'version 2',
    );
  });
});

describe('import and export on the command line', () => {
  it('write to a store that no bridge uses, and read it', async () => {
    const dataDir = join(dir, 'data');
    writeFileSync(join(dir, 'one.sse'), broken);
    const imported = await run(importCommand, 'one.sse', '--data-dir', dataDir, '--format', 'json');
    expect(imported.code).toBe(0);
    const id = String(asArray(imported.json['sessions'])[0]);
    expect((await run(exportCommand, id, '--out', 'one.zip', '--redact', 'content', '--data-dir', dataDir)).code).toBe(0);
    const again = await run(importCommand, 'one.zip', 'gone.sse', '--data-dir', dataDir, '--format', 'json');
    expect([again.code, asArray(again.json['sessions']).length]).toEqual([2, 1]);
    expect(asObject(asArray(again.json['skipped'])[0])).toMatchObject({ name: 'gone.sse', why: "can't be read: no such file" });
    await expect(run(exportCommand, 'sess_none', '--out', 'x.zip', '--data-dir', dataDir)).rejects.toThrow('There is no session');
    await expect(run(exportCommand, id, '--data-dir', dataDir)).rejects.toThrow('--out');
  });

  it('go through the bridge when one runs', async () => {
    writeFileSync(join(dir, 'two.sse'), broken);
    const { json } = await run(importCommand, 'two.sse', '--data-dir', proxy.dataDir, '--format', 'json');
    expect((await proxy.session(String(asArray(json['sessions'])[0]))).stepCount).toBe(1);
  });
});

async function run(command: Command, ...args: string[]): Promise<{ code: number; json: JsonObject }> {
  let out = '';
  const context = {
    cwd: dir,
    env: {},
    readStdin: () => Promise.resolve(Buffer.alloc(0)),
    out: (text: string | Uint8Array) => void (out += String(text)),
    err: () => undefined,
  };
  const code = await command.run(parseCommandLine(command, args), context);
  return { code, json: parseJsonObject(out) ?? {} };
}
