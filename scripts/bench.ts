/**
 * `npm run bench`: every line of docs/benchmarks.md, each beside its floor from the same run. `--json` prints
 * one object a line, `--line ID` (repeatable) only that line, `--peer NAME=URL` (repeatable) puts another
 * gateway beside us, `--quick` only shows that everything runs. Exit code 1: a line could not be measured.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { BenchOptions, BenchResult } from '../bench/bench-line.ts';
import { benchLines } from '../bench/lines/index.ts';
import { toTableHead, toTableRow } from '../bench/print-result.ts';
import { parseJsonObject } from '../proxy-core/protocol/json.ts';
import { buildIfStale } from './lib/build-if-stale.ts';
import { fromRoot } from './lib/paths.ts';

const values = readFlags();
const options: BenchOptions = {
  isQuick: values.quick,
  upstreamPort: Number(values['upstream-port']),
  peers: values.peer.map((text) => {
    const cut = text.indexOf('=');
    if (cut <= 0) fail(`--peer wants NAME=URL, LiteLLM=http://127.0.0.1:4000/v1 say; it got '${text}'.`);
    return { name: text.slice(0, cut), baseURL: text.slice(cut + 1) };
  }),
};
const unknown = values.line.find((id) => !benchLines.some((line) => line.id === id));
if (unknown !== undefined) fail(`There is no line '${unknown}'. Lines: ${benchLines.map(({ id }) => id).join(', ')}.`);

await buildIfStale(['bridge', 'page']);
if (!values.json) process.stdout.write(toTableHead());
for (const { id } of benchLines) {
  if (values.line.length > 0 && !values.line.includes(id)) continue;
  for (const result of await measure(id)) process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : toTableRow(result));
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        line: { type: 'string', multiple: true, default: [] },
        peer: { type: 'string', multiple: true, default: [] },
        'upstream-port': { type: 'string', default: '0' },
      },
    }).values;
  } catch (error) {
    return fail(`${(error as Error).message.split('. ')[0]}. It takes --json, --quick, --line ID, --peer NAME=URL and --upstream-port N.`);
  }
}

/** In a process of its own, so that no line runs on what another one left warm, or in memory. */
function measure(id: string): Promise<BenchResult[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--expose-gc', fromRoot('bench/run-line.ts'), id, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => void (output += text));
    child.once('close', (code) => {
      if (code !== 0) {
        process.stderr.write(`The line '${id}' could not be measured; the lines above say why.\n`);
        process.exitCode = 1;
      }
      const lines = output.split('\n').filter((line) => line !== '');
      resolve(lines.flatMap((line) => (parseJsonObject(line) as unknown as BenchResult | undefined) ?? []));
    });
  });
}

function fail(sentence: string): never {
  process.stderr.write(`bench: ${sentence}\n`);
  process.exit(2);
}
