/** The config file and `--upstream`: read whole, or one sentence. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../proxy-core/config.ts';
import { UsageError } from '../../../proxy-core/errors.ts';
import { refuses, type FuzzTarget } from '../fuzz-target.ts';

const upstream = { name: 'claude', kind: 'anthropic', baseURL: 'https://api.example.test', apiKey: 'env:KEY', headers: { 'x-a': 'b' } };
const SEEDS = [
  { port: 4141, host: '127.0.0.1', dataDir: './data', keepSize: '500MB', keepDays: '30', upstreams: [upstream] },
  { upstreams: [{ ...upstream, profile: 'openrouter', kind: 'openai-chat', repair: true, webSearch: false, quirks: ['litellm-step2'] }] },
  { otel: { endpoint: 'http://127.0.0.1:4318', headers: { a: 'b' } }, upstreams: [] },
];

export const config: FuzzTarget = {
  name: 'config',
  seeds: () => SEEDS.map((value) => Buffer.from(JSON.stringify(value))),
  cases: 500,
  start() {
    const folder = mkdtempSync(join(tmpdir(), 'deltascope-fuzz-'));
    const path = join(folder, 'config.json');
    return {
      maxGrowth: 20,
      run(bytes) {
        writeFileSync(path, bytes);
        let made = 0;
        for (const flags of [{ config: path }, { upstream: [Buffer.from(bytes).toString('utf8')] }]) {
          try {
            made += JSON.stringify(readConfig(flags, {}, folder)).length;
          } catch (error) {
            if (!refuses(error, [UsageError])) throw error;
          }
        }
        return made;
      },
      stop: () => rmSync(folder, { recursive: true }),
    };
  },
};
