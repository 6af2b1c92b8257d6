/** What must hold of a turn that went through a real gateway between two sides that are both recorded. */
import type { StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import type { ScenarioName } from '../helpers/fake-scenarios.ts';

export interface CheckedTurn {
  index: number;
  provider: string;
  plays: ScenarioName;
  step: StepDetail;
  findings: Finding[];
  /** Requests that the provider saw during the turn. */
  asked: number;
  body: string;
}

export interface Check {
  isOk: boolean;
  what: string;
}

export function checkTurn({ provider, step, findings, asked, body }: CheckedTurn): { checks: Check[]; line: string } {
  if (asked === 0) return refusedTurn(step, body);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const inner = step.innerSteps ?? [];
  const others = errors.filter(({ hop }) => hop !== 'bridge');
  const checks: Check[] = [
    { isOk: inner.length === asked, what: `the provider saw ${asked} calls, and ${inner.length} are linked to the step` },
    { isOk: step.gateway?.upstream === provider, what: `the step's gateway call is ${JSON.stringify(step.gateway)}` },
    {
      isOk: others.length === 0,
      what: `the provider is clean, and yet ${others.map(({ rule, hop }) => `${rule} is said to come from ${String(hop)}`).join(', ')}`,
    },
  ];
  const counts = new Map<string, number>();
  for (const { rule } of errors) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const issues = new Set(findings.flatMap(({ knownIssues }) => knownIssues.map(({ repo, number }) => `${repo.split('/')[1]}#${number}`)));
  const line = [...counts].map(([rule, count]) => `${rule} ×${count}`).join(', ');
  return { checks, line: `${line === '' ? 'no errors' : line}${issues.size > 0 ? ` — like ${[...issues].join(', ')}` : ''}` };
}

/** The gateway answered without asking anybody: then there is nothing to link. */
function refusedTurn(step: StepDetail, body: string): { checks: Check[]; line: string } {
  const isAlone = step.gateway === null && step.innerSteps?.length === 0;
  return {
    checks: [
      { isOk: (step.httpStatus ?? 0) >= 400, what: `it answered ${step.httpStatus} without asking the provider` },
      { isOk: isAlone, what: 'a call of another turn is linked to a turn without any' },
    ],
    line: `refused with ${step.httpStatus} before asking the provider: ${body.slice(0, 160)}`,
  };
}

/** What is known of these versions (measured; the captures of the project say the same). */
export function checkVersion(version: string, turns: readonly CheckedTurn[]): Check[] {
  const has = (rule: string, plays: ScenarioName, provider = 'anthropic'): boolean =>
    turns.some((turn) => turn.plays === plays && turn.provider === provider && turn.findings.some((finding) => finding.rule === rule));
  const must = (isOk: boolean, what: string): Check => ({ isOk, what });
  const refused = turns.filter(({ asked }) => asked === 0);
  if (version.startsWith('1.83.')) {
    return [
      must(has('item-id-announced', 'think-text'), 'thinking before text has item-id-announced'),
      // An empty message that it made up between a call and its output breaks its own next turn.
      must(
        refused.length > 0 && refused.every(({ index, provider }) => index === 1 && provider === 'gemini'),
        'only Gemini loops are refused',
      ),
      must(has('response-id-stable', 'text'), 'created and completed carry different ids (response-id-stable)'),
      must(has('upstream-end-honoured', 'cut'), 'a cut answer is told as completed (upstream-end-honoured)'),
      must(has('upstream-end-honoured', 'length'), 'a length stop is told as completed (upstream-end-honoured)'),
      must(
        turns.some(({ findings }) => findings.some(({ knownIssues }) => knownIssues.length > 0)),
        'some finding looks like a public issue',
      ),
    ];
  }
  if (!version.startsWith('1.109.')) return [];
  return [
    must(refused.length === 0, 'no turn is refused'),
    must(!turns.some(({ findings }) => findings.some(({ rule }) => rule === 'response-id-stable')), 'response ids are stable'),
    must(!has('upstream-end-honoured', 'cut'), 'a cut answer is not told as completed'),
  ];
}
