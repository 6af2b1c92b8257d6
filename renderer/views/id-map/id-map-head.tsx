/** Steps over their places; with many steps each is one column until it is clicked. */
import type { ReactElement } from 'react';
import type { IdMapColumn } from '../../model/id-map.ts';

export function IdMapHead(props: { columns: readonly IdMapColumn[]; canFold: boolean; onToggle: (step: number) => void }): ReactElement {
  const steps = [...new Set(props.columns.map((column) => column.step))];
  return (
    <div className="id-map-head" role="rowgroup">
      <div className="id-line" role="row">
        <span role="columnheader" className="id-first">
          <span className="offscreen">Id</span>
        </span>
        {steps.map((step) => {
          const span = props.columns.filter((column) => column.step === step).length;
          const title = `Step ${step + 1}`;
          return (
            <span key={step} role="columnheader" className="id-step" style={{ gridColumn: `span ${span}` }}>
              {props.canFold ? (
                <button type="button" aria-expanded={span > 1} onClick={() => props.onToggle(step)}>
                  {title}
                </button>
              ) : (
                title
              )}
            </span>
          );
        })}
        <span role="columnheader">
          <span className="offscreen">What is wrong</span>
        </span>
      </div>
      <div className="id-line places" role="row">
        <span role="columnheader" className="id-first" />
        {props.columns.map((column) => (
          <span
            key={`${column.step}-${column.column ?? 'all'}`}
            role="columnheader"
            className={column.column === 'input' || (column.column === 'chunk' && column.step === 0) ? 'step-edge' : ''}
          >
            {column.title === '' ? <span className="offscreen">all places</span> : column.title}
          </span>
        ))}
        <span role="columnheader" />
      </div>
    </div>
  );
}
