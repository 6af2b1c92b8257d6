/** Failing streams reduced by running what fails, and the script that shows it with the client's own package. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../proxy-core/commands/command.ts';
import { reproCommand } from '../../proxy-core/commands/repro.ts';
import { loadSamples } from '../../proxy-core/demo/samples/index.ts';
import { parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { lintFrames } from '../../proxy-core/protocol/lint/run-rules.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { createVerdictRunner } from '../../proxy-core/verdicts/run-clients.ts';

const modules = resolve(import.meta.dirname, '../../node_modules');
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'deltascope-repro-'));
  writeFileSync(join(dir, 'seed.sse'), toLongStream());
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function repro(...args: string[]): Promise<JsonObject> {
  let out = '';
  const context = {
    cwd: dir,
    env: {},
    readStdin: () => Promise.resolve(Buffer.alloc(0)),
    out: (text: string | Uint8Array) => void (out += String(text)),
    err: () => undefined,
  };
  expect(await reproCommand.run(parseCommandLine(reproCommand, [...args, '--format', 'json']), context)).toBe(0);
  return parseJsonObject(out) ?? {};
}

/** As if `npm install` had been run in the folder: the versions that the verdict names. */
function install(folder: string, packages: Record<string, string>): void {
  for (const [name, installed] of Object.entries(packages)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(join(modules, installed), join(folder, 'node_modules', name));
  }
}

const runScript = async (folder: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, [join(folder, 'repro.mjs')], { cwd: folder, timeout: 60_000 })).stdout;

describe('minimal repro', () => {
  it('reduces a session of a thousand events to a handful with which AI SDK 6 still fails', async () => {
    const made = await repro('seed.sse', '--client', 'ai6', '--out', 'ai6');
    expect(made).toMatchObject({ isMinimal: true, files: ['repro.sse', 'repro.mjs', 'README.md'] });
    expect(made['before']).toBeGreaterThan(1000);
    expect(made['after']).toBeLessThanOrEqual(6);
    const folder = join(dir, 'ai6');
    const bytes = readFileSync(join(folder, 'repro.sse'));
    const runner = createVerdictRunner();
    const before = await runner.run(readFileSync(join(dir, 'seed.sse')), undefined, ['ai6']);
    const after = await runner.run(bytes, undefined, ['ai6']);
    await runner.close();
    expect(after.verdicts[0]?.outcome).toBe(before.verdicts[0]?.outcome);
    expect(after.verdicts[0]?.outcome).not.toBe('ok');
    install(folder, { ai: 'ai6', '@ai-sdk/openai': 'ai-sdk-openai3' });
    expect(await runScript(folder)).toMatch(/ERROR PART|THROWS/);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('npm install ai@6.');
  });

  it('does the same for openai-node', async () => {
    const lines = toLongStream().replaceAll('"type":"response.output_item.added"', '"type":"response.output_item.lost"');
    writeFileSync(join(dir, 'no-added.sse'), lines);
    const made = await repro('no-added.sse', '--client', 'openai-node-stream', '--out', 'node');
    expect(made['after']).toBeLessThanOrEqual(6);
    install(join(dir, 'node'), { openai: 'openai' });
    expect(await runScript(join(dir, 'node'))).toMatch(/THROWS/);
  });

  it('keeps what breaks a rule, and says how to see it', async () => {
    const made = await repro('seed.sse', '--rule', 'item-id-announced', '--out', 'rule');
    expect(made['after']).toBeLessThanOrEqual(2);
    const frames = readFrames(readFileSync(join(dir, 'rule', 'repro.sse')));
    expect(lintFrames(frames).findings.map(({ rule }) => rule)).toContain('item-id-announced');
    expect(readdirSync(join(dir, 'rule')).toSorted()).toEqual(['README.md', 'repro.mjs', 'repro.sse']);
    const script = spawn(process.execPath, [join(dir, 'rule', 'repro.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(script.stdout, 'data')) as [Buffer];
    const base = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(line.toString('utf8'))?.[0] ?? '';
    const served = await fetch(`${base}/responses`, { method: 'POST', body: '{}' });
    expect(await served.text()).toBe(readFileSync(join(dir, 'rule', 'repro.sse'), 'utf8'));
    script.kill();
  });

  it('says what it cannot do', async () => {
    await expect(repro('seed.sse', '--rule', 'no-such-rule', '--out', 'x')).rejects.toThrow('no rule "no-such-rule"');
    await expect(repro('seed.sse', '--rule', 'usage-consistent', '--out', 'x')).rejects.toThrow('does not break');
    await expect(repro('seed.sse', '--client', 'netscape', '--out', 'x')).rejects.toThrow('no client "netscape"');
    await expect(repro('seed.sse', '--client', 'ai6')).rejects.toThrow('--out');
    await expect(repro('gone.sse', '--client', 'ai6', '--out', 'x')).rejects.toThrow('gone.sse');
  });
});

/** The second step of a real LiteLLM, its text in a thousand pieces. */
function toLongStream(): string {
  const source = loadSamples()[0]?.steps[1]?.emitted.text ?? '';
  const frames = readFrames(Buffer.from(source));
  const delta = frames.find(({ data }) => data.includes('"response.output_text.delta"'));
  const more = Array.from({ length: 1000 }, (_, index) => {
    const json = { ...parseJsonObject(delta?.data ?? ''), delta: ` word${index}` };
    return `${delta?.event === null ? '' : `event: ${delta?.event ?? ''}\n`}data: ${JSON.stringify(json)}\n\n`;
  });
  const at = delta ? delta.offset + delta.length : 0;
  const bytes = Buffer.from(source);
  return `${bytes.subarray(0, at).toString('utf8')}${more.join('')}${bytes.subarray(at).toString('utf8')}`;
}
