/** Copies a text and says so for a moment, in place. */
import { Check, Copy } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { copyText } from '../services/clipboard.ts';

const SHOWN_MS = 1500;

export function CopyButton(props: {
  text: string | (() => string | Promise<string>);
  label: string;
  className?: string;
  title?: string;
  isDisabled?: boolean;
}): ReactElement {
  const [isDone, setIsDone] = useState(false);
  const copy = async (): Promise<void> => {
    await copyText(typeof props.text === 'string' ? props.text : await props.text());
    setIsDone(true);
    setTimeout(() => setIsDone(false), SHOWN_MS);
  };
  const Icon = isDone ? Check : Copy;
  return (
    <button
      type="button"
      className={props.className ?? 'icon-button small'}
      aria-label={props.title === undefined ? props.label : undefined}
      title={props.label}
      disabled={props.isDisabled === true}
      onClick={() => void copy()}
    >
      <Icon className="icon" aria-hidden="true" />
      {props.title !== undefined && <span>{isDone ? 'Copied' : props.title}</span>}
      <span className="offscreen" aria-live="polite">
        {isDone ? 'Copied' : ''}
      </span>
    </button>
  );
}
