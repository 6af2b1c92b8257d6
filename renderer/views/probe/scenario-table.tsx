/** A row per scenario: pass, fail or not supported, in a sentence, its findings, and the recorded evidence. */
import type { ReactElement } from 'react';
import type { ProbeReport, ScenarioReport } from '../../../proxy-core/protocol/api/handover-api.ts';
import { plural } from '../../components/format.ts';
import { SignIcon, type Sign } from '../../components/glyph.tsx';
import { useProbe } from '../../model/handover/probe-store.ts';
import { useSelection } from '../../model/selection.ts';

const SIGNS: Record<ScenarioReport['status'], { sign: Sign; word: string }> = {
  pass: { sign: 'ok', word: 'pass' },
  fail: { sign: 'error', word: 'fail' },
  unsupported: { sign: 'none', word: 'not supported' },
};

export function ScenarioTable({ report }: { report: ProbeReport }): ReactElement {
  const probe = useProbe((state) => state.probe);
  const scenarios = useProbe((state) => state.scenarios);
  const chosen = useProbe((state) => state.chosen);
  const isRunning = report === probe && probe.status === 'running';
  const waiting = isRunning ? scenarios.filter(({ name }) => chosen.has(name) && !report.scenarios.some((one) => one.name === name)) : [];
  return (
    <div className="scenario-scroll" tabIndex={0} role="region" aria-label="Scenarios">
      <table className="scenario-table">
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            <th scope="col">Result</th>
            <th scope="col">What happened</th>
            <th scope="col">Evidence</th>
          </tr>
        </thead>
        <tbody>
          {report.scenarios.map((row) => (
            <Row key={row.name} row={row} />
          ))}
          {waiting.map(({ name, title }, index) => (
            <tr key={name} className="dim">
              <th scope="row" title={title}>
                {name}
              </th>
              <td>
                <span className="scenario-result">
                  {index === 0 ? <SignIcon sign="live" /> : <SignIcon sign="none" />} {index === 0 ? 'running' : 'waiting'}
                </span>
              </td>
              <td />
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { row: ScenarioReport }): ReactElement {
  const select = useSelection((state) => state.select);
  const { sign, word } = SIGNS[row.status];
  const rules = [...new Set(row.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))];
  const rest = row.findings.length - row.findings.filter(({ severity }) => severity === 'error').length;
  return (
    <tr>
      <th scope="row" title={row.title}>
        {row.name}
      </th>
      <td>
        <span className="scenario-result">
          <SignIcon sign={sign} /> {word}
        </span>
      </td>
      <td className="message">
        {row.message}
        {rules.length > 0 && <div className="err">{rules.join(', ')}</div>}
        {rest > 0 && <div className="dim">{plural(rest, 'warning or note', 'warnings and notes')}</div>}
      </td>
      <td>
        {row.sessionId === null ? (
          <span className="dim">not kept</span>
        ) : (
          <button type="button" className="link" onClick={() => select({ sessionId: row.sessionId, view: null })}>
            Open
          </button>
        )}
      </td>
    </tr>
  );
}
