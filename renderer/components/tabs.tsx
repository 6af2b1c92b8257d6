/** A row of tabs with the arrow keys of the tab pattern; `look` picks segments or underlines. */
import { useRef, type ReactElement, type ReactNode } from 'react';

export interface Tab<Id extends string> {
  id: Id;
  title: ReactNode;
}

export function Tabs<Id extends string>(props: {
  label: string;
  look: 'segments' | 'underline-tabs';
  tabs: readonly Tab<Id>[];
  value: Id;
  onChange: (id: Id) => void;
  /** The element that the tabs show something in. */
  panelId: string;
}): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const move = (by: number): void => {
    const at = props.tabs.findIndex((tab) => tab.id === props.value);
    const next = props.tabs[(at + by + props.tabs.length) % props.tabs.length];
    if (next === undefined) return;
    props.onChange(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div
      ref={list}
      className={props.look}
      role="tablist"
      aria-label={props.label}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') move(1);
        else if (event.key === 'ArrowLeft') move(-1);
        else return;
        event.preventDefault();
      }}
    >
      {props.tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
          aria-selected={tab.id === props.value}
          aria-controls={props.panelId}
          tabIndex={tab.id === props.value ? 0 : -1}
          onClick={() => props.onChange(tab.id)}
        >
          {tab.title}
        </button>
      ))}
    </div>
  );
}
