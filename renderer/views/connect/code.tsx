/** A snippet with strings strong and keywords quiet: enough to read it, no highlighter needed. */
import type { ReactElement } from 'react';

const KEYWORDS = /\b(import|from|const|await|async|for|print|export|new|in|return)\b/;
const PART = /('[^']*'|"[^"]*"|#[^\n]*|\/\/[^\n]*|\b(?:import|from|const|await|async|for|print|export|new|in|return)\b)/;

export function Code(props: { text: string }): ReactElement {
  return (
    <pre className="code" tabIndex={0} aria-label="Snippet">
      {props.text.split(PART).map((part, i) => {
        const isString = /^['"]/.test(part);
        const isComment = /^(#|\/\/)/.test(part);
        const className = isString ? 'string' : isComment ? 'comment' : KEYWORDS.test(part) && PART.test(part) ? 'keyword' : undefined;
        // parts have no identity but their place
        return (
          <span key={i} className={className}>
            {part}
          </span>
        );
      })}
    </pre>
  );
}
