/** The report: how far it is, a row per scenario with its evidence, and what has changed since another one. */
import { Download } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ProbeReport } from '../../../proxy-core/protocol/api/handover-api.ts';
import { Progress } from '../../components/progress.tsx';
import { toReportFile, useProbe } from '../../model/handover/probe-store.ts';
import { saveFile } from '../../services/save-file.ts';
import { AgainstBar } from './against-bar.tsx';
import { LoadButton } from './load-button.tsx';
import { ScenarioTable } from './scenario-table.tsx';

export function ProbeReportPane(): ReactElement {
  const probe = useProbe((state) => state.probe);
  const loaded = useProbe((state) => state.loaded);
  const report: ProbeReport | null = loaded?.report ?? probe;
  return (
    <section className="probe-report" aria-label="Report">
      {report === null ? <Empty /> : <Head report={report} title={loaded?.title ?? null} />}
      {report !== null && (
        <>
          <AgainstBar report={report} />
          <ScenarioTable report={report} />
        </>
      )}
    </section>
  );
}

function Empty(): ReactElement {
  return (
    <div className="pane-message">
      <strong className="strong">No report yet.</strong>
      <span>Start a probe, or open a report that was saved here or by the command line.</span>
      <LoadButton title="Open a report" onRead={(loaded) => useProbe.getState().change({ loaded })} />
    </div>
  );
}

function Head(props: { report: ProbeReport; title: string | null }): ReactElement {
  const { report, title } = props;
  const probe = useProbe((state) => state.probe);
  const isRunning = title === null && probe?.status === 'running';
  const total = title === null ? (probe?.total ?? 0) : report.scenarios.length;
  const name = `probe-${(report.model || 'report').replaceAll(/[^\w.-]+/g, '-')}.json`;
  return (
    <header className="probe-head">
      <div className="probe-line">
        <h2 className="trunc">
          {report.model} <span className="dim mono">{report.baseURL}</span>
        </h2>
        <span className="grow" />
        <LoadButton title="Open" onRead={(loaded) => useProbe.getState().change({ loaded })} />
        <button type="button" className="btn" disabled={isRunning} onClick={() => saveFile(toReportFile(report), name)}>
          <Download className="icon" aria-hidden="true" />
          Save
        </button>
      </div>
      <p role="status">
        {isRunning ? `${report.scenarios.length} of ${total}: ` : ''}
        {toSummary(report)}
        {title !== null && `, from ${title}`}
        {title === null && probe?.status === 'cancelled' && `, cancelled after ${report.scenarios.length} of ${total}`}
        {title === null && probe?.status === 'failed' && ', the probe itself failed'}
      </p>
      {isRunning && <Progress label="Scenarios" value={report.scenarios.length} max={total} />}
    </header>
  );
}

function toSummary({ summary: { pass, fail, unsupported } }: ProbeReport): string {
  return `${pass} pass, ${fail} fail, ${unsupported} not supported`;
}
