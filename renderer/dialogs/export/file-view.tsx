/** One file as it goes out, as it was, or only what changed: redacted places marked, ids in ink. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type ReactElement } from 'react';
import { formatBytes } from '../../components/format.ts';
import { Segments } from '../../components/segments.tsx';
import { useBundle, type FileSide, type ShownFile } from '../../model/handover/bundle-store.ts';
import type { RedactionLine, Span } from '../../model/handover/redaction-lines.ts';

const SIDES: { id: FileSide; title: string }[] = [
  { id: 'after', title: 'After' },
  { id: 'before', title: 'Before' },
  { id: 'changes', title: 'Changes' },
];
const LINE_PX = 17;

export function FileView(): ReactElement {
  const phase = useBundle((state) => state.phase);
  const error = useBundle((state) => state.error);
  const selected = useBundle((state) => state.selected);
  const shown = useBundle((state) => state.shown);
  const fileError = useBundle((state) => state.fileError);
  const side = useBundle((state) => state.side);
  const setSide = useBundle((state) => state.setSide);
  const change = useBundle((state) => state.change);
  return (
    <section className="file-view" aria-label="Preview">
      <header>
        <h3 className="mono trunc">{selected === '' ? 'Preview' : selected}</h3>
        {shown?.hasBefore === true && <Segments label="What to show" options={SIDES} value={side} onChange={setSide} />}
      </header>
      {phase === 'error' ? (
        <div className="pane-message" role="alert">
          <strong className="strong">It could not be made.</strong>
          <span>{error}</span>
          <button type="button" className="btn" onClick={() => change({})}>
            Try again
          </button>
        </div>
      ) : fileError !== null ? (
        <p className="pane-message err" role="alert">
          This file can’t be shown. {fileError}
        </p>
      ) : shown === null || phase === 'making' ? (
        <div className="file-text skeleton" aria-hidden="true" />
      ) : (
        <FileText key={`${shown.name} ${side}`} file={shown} side={shown.hasBefore ? side : 'after'} />
      )}
    </section>
  );
}

function FileText(props: { file: ShownFile; side: FileSide }): ReactElement {
  const { file, side } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => toRows(file.lines, side), [file, side]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  if (rows.length === 0) return <p className="pane-message">Nothing was taken out of this file.</p>;
  return (
    <div className="file-text mono" ref={scroller} tabIndex={0} role="document" aria-label={`Text of ${file.name}`}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          return (
            <div key={item.key} data-index={item.index} ref={virtual.measureElement} className="file-line" style={{ top: item.start }}>
              {row !== undefined && row.sign !== '' && <span className="line-sign">{row.sign}</span>}
              {row?.spans.map((span, index) => (
                <Mark key={index} span={span} />
              ))}
            </div>
          );
        })}
      </div>
      {file.rest > 0 && <p className="dim file-rest">{formatBytes(file.rest)} more go in and are not shown here.</p>}
    </div>
  );
}

function Mark({ span }: { span: Span }): ReactElement {
  if (span.kind === 'redacted') return <mark>{span.text}</mark>;
  return span.kind === 'id' ? <span className="file-id">{span.text}</span> : <>{span.text}</>;
}

function toRows(lines: readonly RedactionLine[], side: FileSide): { sign: string; spans: Span[] }[] {
  if (side !== 'changes') return lines.map((line) => ({ sign: '', spans: line[side] }));
  return lines.flatMap((line) =>
    line.count === 0
      ? []
      : [
          { sign: '−', spans: line.before },
          { sign: '+', spans: line.after },
        ],
  );
}
