/** JSON as a tree that opens and closes; ids keep their look, long arrays open in parts. */
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { isObject } from '../../proxy-core/protocol/json.ts';
import { useSession } from '../model/session-store.ts';
import { IdChip } from './id-chip.tsx';

const PART = 100;
const OPEN_DEPTH = 2;
const OPEN_SIZE = 12;

export function JsonTree(props: { value: unknown; rootName?: string }): ReactElement {
  return (
    <div className="json-tree mono" role="tree" aria-label="JSON" onKeyDown={moveFocus}>
      <Node name={props.rootName ?? null} value={props.value} depth={0} />
    </div>
  );
}

/** Up and down walk the visible rows, left closes, right opens. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="treeitem"]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const row = rows[at];
  if (row === undefined) return;
  if (event.key === 'ArrowDown') rows[at + 1]?.focus();
  else if (event.key === 'ArrowUp') rows[at - 1]?.focus();
  else if (event.key === 'ArrowRight' && row.getAttribute('aria-expanded') === 'false') row.click();
  else if (event.key === 'ArrowLeft' && row.getAttribute('aria-expanded') === 'true') row.click();
  else if (event.key === 'Enter' || event.key === ' ') row.click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function Node(props: { name: string | null; value: unknown; depth: number }): ReactElement {
  const { name, value, depth } = props;
  const children = Array.isArray(value)
    ? value.map((entry, i) => [String(i), entry] as const)
    : isObject(value)
      ? Object.entries(value)
      : null;
  const [isOpen, setIsOpen] = useState(depth < OPEN_DEPTH || (children !== null && children.length <= 3 && depth < 4));
  const [shown, setShown] = useState(PART);
  const isEmpty = children !== null && children.length === 0;
  if (children === null || isEmpty) {
    return (
      <div className="json-row" role="treeitem" tabIndex={depth === 0 ? 0 : -1} style={{ paddingLeft: depth * 14 + 14 }}>
        {name !== null && <span className="json-key">{name}: </span>}
        <Leaf value={value} />
      </div>
    );
  }
  const summary = Array.isArray(value) ? `[${children.length}]` : children.length > OPEN_SIZE || !isOpen ? `{${children.length}}` : '';
  return (
    <>
      <div
        className="json-row branch"
        role="treeitem"
        aria-expanded={isOpen}
        tabIndex={depth === 0 ? 0 : -1}
        style={{ paddingLeft: depth * 14 }}
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className={`json-arrow${isOpen ? ' open' : ''}`} aria-hidden="true">
          ▸
        </span>
        <span className="json-key">{name ?? 'event'}</span> <span className="json-sum">{summary}</span>
      </div>
      {isOpen && children.slice(0, shown).map(([key, entry]) => <Node key={key} name={key} value={entry} depth={depth + 1} />)}
      {isOpen && children.length > shown && (
        <button type="button" className="link json-more" onClick={() => setShown(shown + PART)}>
          {children.length - shown} more
        </button>
      )}
    </>
  );
}

function Leaf(props: { value: unknown }): ReactElement {
  const isKnownId = useSession((state) => typeof props.value === 'string' && state.registry.looks.has(props.value));
  if (isKnownId && typeof props.value === 'string') return <IdChip id={props.value} isFull />;
  const text = JSON.stringify(props.value);
  return <span className={typeof props.value === 'string' ? 'json-string' : 'json-other'}>{text}</span>;
}
