/** What has changed since another report: an earlier probe of this bridge, or one from a file. */
import type { ReactElement } from 'react';
import type { ProbeReport } from '../../../proxy-core/protocol/api/handover-api.ts';
import type { JsonObject } from '../../../proxy-core/protocol/json.ts';
import { compareReports, toChangeLine } from '../../../proxy-core/protocol/probe/compare-reports.ts';
import { formatTime } from '../../components/format.ts';
import { useProbe } from '../../model/handover/probe-store.ts';
import { LoadButton } from './load-button.tsx';

const FILE = 'file';

export function AgainstBar({ report }: { report: ProbeReport }): ReactElement {
  const against = useProbe((state) => state.against);
  const probe = useProbe((state) => state.probe);
  const earlier = useProbe((state) => state.earlier).filter(({ id }) => id !== probe?.id || report !== probe);
  const change = useProbe((state) => state.change);
  const chosen = earlier.find((one) => one === against?.report);
  const changes = against === null ? [] : compareReports(toJson(against.report), toJson(report)).map(toChangeLine);
  return (
    <section className="against" aria-label="Compared with another report">
      <div className="probe-line">
        <label className="against-choice">
          <span className="dim">Compare with</span>
          <select
            className="text-field"
            value={against === null ? '' : (chosen?.id ?? FILE)}
            onChange={(event) => {
              const found = earlier.find(({ id }) => id === event.target.value);
              change({ against: found === undefined ? null : { title: titleOf(found), report: found } });
            }}
          >
            <option value="">No other report</option>
            {against !== null && chosen === undefined && <option value={FILE}>{against.title}</option>}
            {earlier.map((one) => (
              <option key={one.id} value={one.id}>
                {titleOf(one)}
              </option>
            ))}
          </select>
        </label>
        <LoadButton title="From a file" onRead={(found) => change({ against: found })} />
      </div>
      {against !== null && (
        <div role="status">
          {changes.length === 0 ? (
            <p>Nothing has changed since {against.title}: the same statuses, the same faults.</p>
          ) : (
            <ul className="changes">
              {changes.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </section>
  );
}

function titleOf(probe: { model: string; baseURL: string; startedAt: number }): string {
  return `${probe.model}, ${probe.baseURL}, ${formatTime(probe.startedAt)}`;
}

function toJson(report: ProbeReport): JsonObject {
  return report as unknown as JsonObject;
}
