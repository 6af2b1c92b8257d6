/** The browser's own modal dialog: it keeps the focus in and gives it back. */
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { useUi } from '../model/ui-store.ts';

export function Modal(props: {
  title: string;
  /** Beside the title: what it is about. */
  note?: string;
  className?: string;
  hasHeader?: boolean;
  children: ReactNode;
}): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const setUi = useUi((state) => state.set);
  useEffect(() => {
    const dialog = element.current;
    if (dialog === null || dialog.open) return undefined;
    const before = document.activeElement;
    dialog.showModal();
    (dialog.querySelector<HTMLElement>('input') ?? dialog.querySelector<HTMLElement>('.modal-head ~ * button'))?.focus();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const close = (): void => setUi({ dialog: null });
  return (
    <dialog
      ref={element}
      className={`modal ${props.className ?? ''}`}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      {props.hasHeader !== false && (
        <header className="modal-head">
          <h2>{props.title}</h2>
          {props.note !== undefined && <span className="dim trunc grow">{props.note}</span>}
          <button type="button" className="icon-button" aria-label="Close" onClick={close}>
            <X className="icon" aria-hidden="true" />
          </button>
        </header>
      )}
      {props.children}
    </dialog>
  );
}
