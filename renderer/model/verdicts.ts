/** Verdicts as rows: one per client, one outcome per step; ran and predicted apart. Pure. */
import type { Verdict } from '../../proxy-core/protocol/api/control-api.ts';

const NAMES: Record<string, string> = {
  ai5: 'AI SDK',
  ai6: 'AI SDK',
  ai7: 'AI SDK',
  'ai6-openresp': 'open-responses',
  'ai7-openresp': 'open-responses',
  'openai-node-stream': 'openai-node stream',
  'openai-node-create': 'openai-node create',
  'openai-node6-stream': 'openai-node stream',
  'openai-node5-stream': 'openai-node stream',
  'openai-py-stream': 'openai-python stream',
  'openai-py-create': 'openai-python create',
  'openai-py2-stream': 'openai-python stream',
  'agents-py': 'Agents Python',
  'agents-js': 'Agents JS',
  'langchain-py': 'langchain-openai',
  'pydantic-py': 'pydantic-ai',
  codex: 'Codex',
};

/** As its makers call it, with its version. */
export function clientTitle({ client, version }: Pick<Verdict, 'client' | 'version'>): string {
  return toTitle(NAMES[client] ?? client, version).trim();
}

export interface VerdictRow {
  client: string;
  title: string;
  basis: Verdict['basis'];
  /** One per step; null = not reached or not known. */
  outcomes: (Verdict | null)[];
  message: string;
}

export function toVerdictRows(perStep: readonly (readonly Verdict[])[]): VerdictRow[] {
  const rows = new Map<string, VerdictRow>();
  perStep.forEach((verdicts, step) => {
    for (const verdict of verdicts) {
      let row = rows.get(verdict.client);
      if (row === undefined) {
        row = { client: verdict.client, title: clientTitle(verdict), basis: verdict.basis, outcomes: perStep.map(() => null), message: '' };
        rows.set(verdict.client, row);
      }
      row.outcomes[step] = verdict;
      if (verdict.outcome !== 'ok' && row.message === '') row.message = verdict.message;
    }
  });
  return [...rows.values()].sort((a, b) => Number(a.basis === 'predicted') - Number(b.basis === 'predicted'));
}

/** `openai-node 7.55.0 stream`: the way of calling behind the version, which tells the rows apart. */
function toTitle(name: string, version: string): string {
  const [library = name, way] = name.split(/ (?=stream$|create$)/);
  return [library, version, way].filter(Boolean).join(' ');
}

export function countOutcomes(rows: readonly VerdictRow[]): { fail: number; wrong: number; hang: number; fine: number } {
  const counts = { fail: 0, wrong: 0, hang: 0, fine: 0 };
  for (const row of rows) {
    const outcomes = row.outcomes.map((verdict) => verdict?.outcome);
    if (outcomes.includes('error')) counts.fail += 1;
    else if (outcomes.includes('hang')) counts.hang += 1;
    else if (outcomes.includes('wrong')) counts.wrong += 1;
    else counts.fine += 1;
  }
  return counts;
}
