/** The few events that are left, whether they still fail, and the files to send. */
import { Download } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ReproResult } from '../../../proxy-core/protocol/api/handover-api.ts';
import { plural } from '../../components/format.ts';
import { SignIcon } from '../../components/glyph.tsx';
import { useRepro } from '../../model/handover/repro-store.ts';
import { saveFile } from '../../services/save-file.ts';
import { toReproEvents } from './repro-events.ts';

export function ReproResultView({ result }: { result: ReproResult }): ReactElement {
  const stream = result.files.find(({ name }) => name === 'repro.sse');
  return (
    <section className="repro-result" aria-label="The repro">
      <div className="repro-head" role="status">
        <SignIcon sign={result.isVerified ? 'ok' : 'warning'} />
        <span className="strong">
          {plural(result.before, 'event')} reduced to {result.after}
        </span>
        <span className="dim">
          {result.isVerified ? 'run once more: fails in the same way' : 'the last run did not fail in the same way'}
          {result.isMinimal ? '' : '; stopped before the smallest was found'}
        </span>
      </div>
      <p className="repro-message box">{result.message}</p>
      <ol className="repro-events mono" aria-label="Events that are left" tabIndex={0}>
        {toReproEvents(stream?.text ?? '').map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ol>
      <div className="modal-actions">
        <button type="button" className="btn ghost" onClick={() => useRepro.getState().cancel()}>
          Another one
        </button>
        {result.files.map(({ name, text }) => (
          <button key={name} type="button" className="btn" onClick={() => saveFile(text, name)}>
            <Download className="icon" aria-hidden="true" />
            {name}
          </button>
        ))}
      </div>
      <p className="dim">
        Put the files into one folder and run <code className="mono">node repro.mjs</code>; README.md says what to install.
      </p>
    </section>
  );
}
