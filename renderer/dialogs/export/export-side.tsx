/** The left column: format, what to redact, the files that go in, and how to open them again. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { formatBytes } from '../../components/format.ts';
import { Segments } from '../../components/segments.tsx';
import { useBundle, type ExportFormat } from '../../model/handover/bundle-store.ts';
import type { RedactMode } from '../../../proxy-core/protocol/api/handover-api.ts';
import { toFileRows, type FileRow } from './file-rows.ts';

const FORMATS: { id: ExportFormat; title: string }[] = [
  { id: 'bundle', title: 'Bundle' },
  { id: 'har', title: 'HAR' },
  { id: 'jsonl', title: 'JSON lines' },
];
const MODES: { id: RedactMode; title: string }[] = [
  { id: 'secrets', title: 'Secrets only' },
  { id: 'content', title: 'Secrets and content' },
];
const FORMAT_TEXT: Record<ExportFormat, string> = {
  bundle: 'Everything that is needed to look at it again: report, exact bytes, times, findings, verdicts.',
  har: 'For browsers’ developer tools and HTTP Toolkit.',
  jsonl: 'One line per request, chunk and event, for scripts.',
};
const MODE_TEXT: Record<RedactMode, string> = {
  secrets: 'Keys and tokens become placeholders. Text stays as it is.',
  content: 'Text becomes placeholders of the same length. Ids stay, so findings stay.',
};

export function ExportSide(props: { name: string }): ReactElement {
  const format = useBundle((state) => state.format);
  const redact = useBundle((state) => state.redact);
  const change = useBundle((state) => state.change);
  return (
    <div className="export-side">
      <div className="export-choices">
        <h3>Format</h3>
        <Segments label="Format" options={FORMATS} value={format} onChange={(id) => change({ format: id })} />
        <p className="dim">{FORMAT_TEXT[format]}</p>
        <h3>Redact</h3>
        <Segments label="Redact" options={MODES} value={redact} onChange={(id) => change({ redact: id })} />
        <p className="dim">{MODE_TEXT[redact]}</p>
      </div>
      {format === 'bundle' ? <FileList /> : <div className="grow" />}
      {format === 'bundle' && (
        <div className="export-open">
          <span className="mute">Open it with</span>
          <code className="mono trunc" title={`deltascope open ${props.name}`}>
            deltascope open {props.name}
          </code>
          <CopyButton text={`deltascope open ${props.name}`} label="Copy the command that opens it" />
        </div>
      )}
    </div>
  );
}

function FileList(): ReactElement {
  const files = useBundle((state) => state.files);
  const phase = useBundle((state) => state.phase);
  const redactions = useBundle((state) => state.redactions);
  const counts = useBundle((state) => state.counts);
  const selected = useBundle((state) => state.selected);
  const select = useBundle((state) => state.select);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = toFileRows(files, { redactions, counts, folded });
  const toggle = (folder: string): void => {
    const next = new Set(folded);
    if (!next.delete(folder)) next.add(folder);
    setFolded(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (by === 0 || at < 0) return;
    event.preventDefault();
    buttons[Math.min(buttons.length - 1, Math.max(0, at + by))]?.focus();
  };
  if (phase === 'making') return <FileSkeleton />;
  return (
    <div className="file-list" role="group" aria-label="Files in the bundle" onKeyDown={onKeyDown}>
      {rows.map((row) => (
        <FileButton
          key={row.path}
          row={row}
          isSelected={row.path === selected}
          onClick={() => (row.isFolder ? toggle(row.path) : void select(row.path))}
        />
      ))}
    </div>
  );
}

function FileButton(props: { row: FileRow; isSelected: boolean; onClick: () => void }): ReactElement {
  const { row, isSelected } = props;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isSelected) button.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  const Chevron = row.isFolded ? ChevronRight : ChevronDown;
  return (
    <button
      ref={button}
      type="button"
      className={`file-row${props.isSelected ? ' selected' : ''}${row.isFolder ? ' folder' : ''}${row.isInside ? ' inside' : ''}`}
      aria-expanded={row.isFolder ? !row.isFolded : undefined}
      aria-current={props.isSelected ? 'true' : undefined}
      onClick={props.onClick}
    >
      {row.isFolder && <Chevron className="icon" aria-hidden="true" />}
      <span className={row.isFolder ? 'strong' : 'mono'}>{row.title}</span>
      {row.redacted > 0 && (
        <span className="redacted-count" title={`${row.redacted} places redacted`}>
          {row.redacted}
          <span className="offscreen"> places redacted</span>
        </span>
      )}
      <span className="grow" />
      <span className="mute">{formatBytes(row.size)}</span>
    </button>
  );
}

function FileSkeleton(): ReactElement {
  return (
    <div className="file-list skeleton" aria-hidden="true">
      {Array.from({ length: 12 }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  );
}
