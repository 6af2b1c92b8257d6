import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../proxy-core/protocol/api/control-api.ts';
import { countOutcomes, toVerdictRows } from './verdicts.ts';

const verdict = (client: string, outcome: Verdict['outcome'], basis: Verdict['basis'] = 'ran'): Verdict => ({
  client,
  version: '1',
  outcome,
  basis,
  message: outcome === 'ok' ? '' : 'text part x not found',
});

describe('toVerdictRows', () => {
  const rows = toVerdictRows([
    [verdict('codex', 'ok', 'predicted'), verdict('ai5', 'error'), verdict('langchain-py', 'ok')],
    [verdict('langchain-py', 'wrong')],
  ]);
  it('puts predictions last and keeps steps that were not reached empty', () => {
    expect(rows.map((row) => row.client)).toEqual(['ai5', 'langchain-py', 'codex']);
    expect(rows[0]!.outcomes.map((each) => each?.outcome ?? null)).toEqual(['error', null]);
  });
  it('names the version before the way of calling', () => {
    expect(toVerdictRows([[verdict('openai-node-stream', 'ok'), verdict('codex', 'ok')]]).map((row) => row.title)).toEqual([
      'openai-node 1 stream',
      'Codex 1',
    ]);
  });
  it('counts a client once, silent loss apart from failure', () =>
    expect(countOutcomes(rows)).toEqual({ fail: 1, wrong: 1, hang: 0, fine: 1 }));
});
