/** One dialog for everything that leaves the house: what goes in, what is taken out, what is proved, then Save. */
import { Package } from 'lucide-react';
import { useEffect, type ReactElement } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { formatBytes, plural } from '../../components/format.ts';
import { useBundle, type ExportFormat } from '../../model/handover/bundle-store.ts';
import { useCurrentSession } from '../../model/handover/current-session.ts';
import { useUi } from '../../model/ui-store.ts';
import { saveFile } from '../../services/save-file.ts';
import { readZipText } from '../../services/zip-reader.ts';
import { Modal } from '../../shell/modal.tsx';
import { ExportSide } from './export-side.tsx';
import { FileView } from './file-view.tsx';
import { Proofs } from './proofs.tsx';
import { toProofs } from './to-proofs.ts';
import './export.css';

export function ExportDialog(): ReactElement | null {
  const session = useCurrentSession();
  const sessionId = session?.id ?? null;
  const format = useBundle((state) => state.format);
  useEffect(() => {
    if (sessionId === null) return undefined;
    const { open, close } = useBundle.getState();
    open(sessionId);
    return close;
  }, [sessionId]);
  if (session === null) return null;
  const name = fileName(session.title, format);
  return (
    <Modal title="Export" note={`${session.title}, ${plural(session.stepCount, 'step')}`} className="export-dialog">
      <div className="export-columns">
        <ExportSide name={name} />
        <div className="export-main">
          <FileView />
          <Proofs />
        </div>
      </div>
      <ExportFooter name={name} />
    </Modal>
  );
}

function ExportFooter(props: { name: string }): ReactElement {
  const phase = useBundle((state) => state.phase);
  const format = useBundle((state) => state.format);
  const content = useBundle((state) => state.content);
  const files = useBundle((state) => state.files);
  const redactions = useBundle((state) => state.redactions);
  const setUi = useUi((state) => state.set);
  const places = redactions.reduce((sum, { count }) => sum + count, 0);
  const size = format === 'bundle' ? files.reduce((sum, file) => sum + file.size, 0) : (content?.size ?? 0);
  const proofs = useBundle((state) => state.proofs);
  const isDoubtful = proofs !== null && toProofs(proofs, redactions, '').some(({ state }) => state === 'broken');
  const report = files.find((file) => file.name === 'report.md');
  return (
    <footer className="modal-foot">
      <span className="dim grow" role="status">
        {phase === 'making' &&
          (format === 'bundle' ? 'Making the bundle: linting it and running the clients on it, before and after' : 'Making the file')}
        {phase === 'ready' && (format === 'bundle' ? `${plural(places, 'place')} redacted, ${formatBytes(size)}` : formatBytes(size))}
      </span>
      <button type="button" className="btn ghost" onClick={() => setUi({ dialog: null })}>
        Cancel
      </button>
      {format === 'bundle' && (
        <CopyButton
          className="btn"
          title="Copy report.md"
          label="Copy the report, to paste into an issue"
          isDisabled={content === null || report === undefined}
          text={() => (content === null || report === undefined ? '' : readZipText(content, report, report.size))}
        />
      )}
      <button
        type="button"
        className={isDoubtful ? 'btn' : 'btn primary'}
        disabled={phase !== 'ready' || content === null}
        onClick={() => {
          if (content === null) return;
          saveFile(content, props.name);
          useUi.getState().toast(`Saving ${props.name}`);
          setUi({ dialog: null });
        }}
      >
        <Package className="icon" aria-hidden="true" />
        {isDoubtful ? 'Save anyway' : format === 'bundle' ? 'Save bundle' : 'Save file'}
      </button>
    </footer>
  );
}

function fileName(title: string, format: ExportFormat): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `${words === '' ? 'session' : words}.${format === 'bundle' ? 'deltascope.zip' : format}`;
}
