/** Raw text with every line end drawn: ↵ for \n, ␍↵ for \r\n. Long texts open in parts. */
import { useState, type ReactElement } from 'react';

const PART = 20_000;

export function VisibleText(props: { text: string; label?: string }): ReactElement {
  const [shown, setShown] = useState(PART);
  const lines = props.text.slice(0, shown).split('\n');
  return (
    <>
      <pre className="raw" tabIndex={0} aria-label={props.label ?? 'Raw text'}>
        {lines.map((line, i) => {
          const hasReturn = line.endsWith('\r');
          return (
            // lines have no identity but their place
            <span key={i}>
              {hasReturn ? line.slice(0, -1) : line}
              {i < lines.length - 1 && <span className="line-end">{hasReturn ? '␍↵' : '↵'}</span>}
              {i < lines.length - 1 && '\n'}
            </span>
          );
        })}
      </pre>
      {props.text.length > shown && (
        <button type="button" className="btn" onClick={() => setShown(shown + PART * 5)}>
          Show more ({Math.round((props.text.length - shown) / 1000)} kB left)
        </button>
      )}
    </>
  );
}
