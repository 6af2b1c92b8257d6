/**
 * The verdicts against what the clients really did (../shared/violations/matrix.json): the JavaScript
 * clients run here, the others are predicted. What only the socket shows is not judged from a file.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import type { Verdict } from '../../proxy-core/protocol/client-models/client-run.ts';
import { clientModels } from '../../proxy-core/protocol/client-models/index.ts';
import { realClients } from '../../proxy-core/verdicts/clients/index.ts';
import { CLIENT_NAMES, createVerdictRunner } from '../../proxy-core/verdicts/run-clients.ts';
import { hasShared, sharedPath } from '../helpers/shared-data.ts';

const SOCKET_ONLY = /^t_open_after_|^t_cut_abrupt$/;

interface Pair {
  case: string;
  verdict: Verdict;
  recorded: string;
}

it('every client of the contract runs or is predicted, none both', () => {
  const names = [...realClients, ...clientModels].map((client) => client.name);
  expect(names.toSorted()).toEqual([...CLIENT_NAMES].toSorted());
});

describe.skipIf(!hasShared('violations/matrix.json'))('verdicts of all clients for all recorded violations', () => {
  const pairs: Pair[] = [];
  const missing: string[] = [];

  beforeAll(async () => {
    const cases = asObject(parseJsonObject(readFileSync(sharedPath('violations', 'matrix.json'), 'utf8'))?.['cases']);
    const runner = createVerdictRunner({ workers: 2, timeoutMs: 60_000 });
    const read = (name: string): Buffer | undefined =>
      existsSync(sharedPath('violations', name)) ? readFileSync(sharedPath('violations', name)) : undefined;
    const names = Object.keys(cases).filter((name) => !SOCKET_ONLY.test(name) && read(`${name}.sse`) !== undefined);
    // All at once: the runner queues, and its two workers stay busy.
    await Promise.all(
      names.map(async (name) => {
        const { verdicts, unavailable } = await runner.run(read(`${name}.sse`) as Buffer, read(`${name}.step2.sse`));
        missing.push(...unavailable.map(({ why }) => why));
        const results = asObject(asObject(cases[name])['results']);
        for (const verdict of verdicts) pairs.push({ case: name, verdict, recorded: String(asObject(results[verdict.client])['status']) });
      }),
    );
    await runner.close();
  }, 180_000);

  afterAll(() => {
    console.log(`recorded → verdict (${pairs.length} pairs)\n${toConfusionTable(pairs)}`);
    for (const pair of pairs.filter((one) => one.recorded !== one.verdict.outcome)) {
      console.log(
        `${pair.case} ${pair.verdict.client}: recorded ${pair.recorded}, verdict ${pair.verdict.outcome}: ${pair.verdict.message}`,
      );
    }
  });

  it('has every client installed', () => {
    expect(missing).toEqual([]);
  });

  it('judges real clients as recorded in at least 98 % of the pairs', () => {
    const { count, equal } = compare(pairs, 'ran');
    expect(count).toBeGreaterThan(0);
    expect(equal / count).toBeGreaterThanOrEqual(0.98);
  });

  it('predicts the others as recorded in at least 95 % of the pairs', () => {
    const { count, equal } = compare(pairs, 'predicted');
    expect(count).toBeGreaterThan(0);
    expect(equal / count).toBeGreaterThanOrEqual(0.95);
  });

  it('says why for every verdict that is not ok', () => {
    const silent = pairs.filter(({ verdict }) => verdict.outcome !== 'ok' && verdict.outcome !== 'hang' && verdict.message === '');
    expect(silent).toEqual([]);
  });

  it("names the client's own message", () => {
    const find = (name: string, client: string): Verdict | undefined =>
      pairs.find((pair) => pair.case === name && pair.verdict.client === client)?.verdict;
    expect(find('t_litellm_step2', 'ai6')?.message).toMatch(/^text part chatcmpl-\w+ not found/);
    expect(find('t_done_other_id', 'openai-py-stream')?.message).toContain('Completed output item identity changed.');
  });
});

function compare(pairs: readonly Pair[], basis: Verdict['basis']): { count: number; equal: number } {
  const ours = pairs.filter((pair) => pair.verdict.basis === basis);
  return { count: ours.length, equal: ours.filter((pair) => pair.recorded === pair.verdict.outcome).length };
}

function toConfusionTable(pairs: readonly Pair[]): string {
  const outcomes = ['ok', 'wrong', 'error', 'hang'];
  const rows = (['ran', 'predicted'] as const).flatMap((basis) =>
    outcomes.map((recorded) => {
      const cells = outcomes.map((outcome) =>
        String(
          pairs.filter((pair) => pair.verdict.basis === basis && pair.recorded === recorded && pair.verdict.outcome === outcome).length,
        ).padStart(7),
      );
      return `${basis.padEnd(10)} ${recorded.padEnd(6)} ${cells.join('')}`;
    }),
  );
  return [`${''.padEnd(18)}${outcomes.map((name) => name.padStart(7)).join('')}`, ...rows].join('\n');
}
