/** Any Responses server driven through the scenarios: the form at the left, the report at the right. */
import { useEffect, type ReactElement } from 'react';
import { useProbe } from '../../model/handover/probe-store.ts';
import { ProbeForm } from './probe-form.tsx';
import { ProbeReportPane } from './probe-report.tsx';
import './probe.css';

export function ProbeView(): ReactElement {
  useEffect(() => void useProbe.getState().load(), []);
  return (
    <main className="probe" data-pane="probe">
      <ProbeForm />
      <ProbeReportPane />
    </main>
  );
}
