/** Bytes that once broke something (test/fixtures/fuzz/README.md), and such as are hard on everybody. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FuzzTarget } from './fuzz-target.ts';
import { runCase } from './run-cases.ts';
import { fuzzTargets } from './targets/index.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'fuzz');
const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const kept = folders.flatMap(({ name }) => readdirSync(join(FIXTURES, name)).map((file) => [name, file] as const));

/** Cut anew for each seed. */
async function replay(target: FuzzTarget, files: readonly Uint8Array[]): Promise<void> {
  const running = await target.start();
  for (const bytes of files) for (const seed of [1, 2]) await runCase(running, bytes, seed);
  await running.stop?.();
}

describe('bytes that once broke something', () => {
  it.each(kept)('are read or refused in words by %s: %s', async (name, file) => {
    const target = fuzzTargets.find((one) => one.name === name);
    if (!target) throw new Error(`No target is called ${name}.`);
    await replay(target, [readFileSync(join(FIXTURES, name, file))]);
  });

  it('are all told of in the README', () => {
    const readme = readFileSync(join(FIXTURES, 'README.md'), 'utf8');
    expect(kept.length).toBeGreaterThan(0);
    for (const [name, file] of kept) expect(readme).toContain(`\`${name}/${file}\``);
  });
});

const deep = (open: string, close: string): string => `${open.repeat(30_000)}1${close.repeat(30_000)}`;
const deepJson = [deep('[', ']'), deep('{"a":', '}'), deep('{"type":"response.created","response":', '}'), '['.repeat(100_000)];
const hard: readonly (readonly [string, readonly string[]])[] = [
  [
    'nothing, or nearly',
    ['', '\n', '\r', '\0', '\uFEFF', ' ', '{', '"', 'data:', 'data: \n\n', 'data: [DONE]\n\n', 'PK\u0003\u0004', 'PK\u0005\u0006'],
  ],
  ['JSON nested without end', [...deepJson, ...deepJson.map((json) => `data: ${json}\n\n`)]],
  [
    'deep JSON in the middle of sound JSON',
    [
      `data: {"type":"response.completed","response":${deep('[', ']')}}\n\n`,
      `{"log":{"entries":[{"request":${deep('{"a":', '}')}}]}}`,
      `{"runs":[{"id":1}],"steps":[{"run_id":1,"raw_chunks":${deep('[', ']')}}]}`,
      `{"model":"anthropic/m","input":${deep('[', ']')}}`,
      `{"model":"anthropic/m","input":"Hi","metadata":${deep('{"a":', '}')}}`,
      `{"port":${deep('[', ']')}}`,
      JSON.stringify({ model: 'openai-chat/m', input: [{ type: 'function_call', call_id: 'c', name: 'n', arguments: deep('[', ']') }] }),
    ],
  ],
  ['a line without an end', [`data: ${'x'.repeat(300_000)}`, 'x'.repeat(300_000), ':'.repeat(300_000), `data: ${' '.repeat(300_000)}\n\n`]],
  ['empty lines without end', ['\n'.repeat(100_000), '\r\n'.repeat(20_000), '\r'.repeat(20_000), 'data\n'.repeat(20_000)]],
  [
    'names of JavaScript itself',
    ['__proto__', 'constructor', 'toString'].map(
      (key) => `data: {"type":"${key}","${key}":{"${key}":1},"item":{"type":"${key}","id":"${key}"}}\n\n`,
    ),
  ],
];

/** Bundles, HAR, dumps and the like are read by one reader. */
const readers = fuzzTargets.filter((target, index) => fuzzTargets.findIndex(({ start }) => start === target.start) === index);

describe('bytes that are hard on everybody', () => {
  for (const [what, texts] of hard) {
    const files = texts.map((text) => Buffer.from(text));
    it.each(readers.map((target) => [target.name, target] as const))(`are read or refused in words: ${what}, by %s`, (_name, target) =>
      replay(target, files),
    );
  }
});
