/** What real clients send in their second turn breaks no rule of the session. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecordedStream } from '../../proxy-core/files/recorded-stream.ts';
import { lintStreams } from '../../proxy-core/linter/lint-streams.ts';
import { isObject, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import { hasShared, sharedDir, skipReason } from './lint-shared.ts';

const requests = join(sharedDir, 'client-requests');
const violations = join(sharedDir, 'violations');

function readTurn(client: string, name: string, turn: number): RecordedStream | undefined {
  const file = join(requests, client, `${name}-turn${turn}.json`);
  const stream = join(violations, turn === 1 ? `${name}.sse` : `${name}.step2.sse`);
  if (!existsSync(file) || !existsSync(stream)) return undefined;
  const json = parseJsonObject(readFileSync(file, 'utf8'));
  const request = isObject(json?.['body']) ? json['body'] : json;
  return { name: `${client}/${name} turn ${turn}`, bytes: readFileSync(stream), step: turn - 1, ...(request ? { request } : {}) };
}

describe.skipIf(!hasShared)('two-turn runs of real clients', () => {
  it('have no findings', () => {
    const clients = readdirSync(requests).filter((name) => statSync(join(requests, name)).isDirectory());
    let turns = 0;
    const wrong: string[] = [];
    for (const client of clients) {
      for (const file of readdirSync(join(requests, client)).filter((name) => /^base_.*-turn1\.json$/.test(name))) {
        const name = file.replace('-turn1.json', '');
        const streams = [readTurn(client, name, 1), readTurn(client, name, 2)].filter((stream) => stream !== undefined);
        turns += streams.length;
        for (const { name: where, findings } of lintStreams(streams))
          for (const { rule, message } of findings) wrong.push(`${where}: ${rule}: ${message}`);
      }
    }
    console.log(`examined ${turns} turns of ${clients.length} clients`);
    expect(turns).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('show the id that both steps use', () => {
    const streams = [readTurn('ai7', 'base_mix', 1), readTurn('ai7', 'base_mix', 2)].filter((stream) => stream !== undefined);
    const step2 = join(violations, 'f_same_msg_id.step2.sse');
    const [first] = streams;
    if (!first || !existsSync(step2)) return;
    const bytes = readFileSync(join(violations, 'f_same_msg_id.sse'));
    const [, second] = lintStreams([
      { ...first, bytes },
      { name: 'step2', bytes: readFileSync(step2), step: 1 },
    ]);
    expect(second?.findings.map(({ rule }) => rule)).toEqual(['item-id-unique']);
  });
});

describe.runIf(!hasShared)('two-turn runs of real clients', () => {
  if (!hasShared) it.skip(skipReason, () => undefined);
});
