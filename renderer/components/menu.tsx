/** A button with a list of actions; arrow keys and Escape as in every menu. */
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';

export interface MenuItem {
  label: string;
  run: () => void;
}

export function Menu(props: {
  label: string;
  items: readonly MenuItem[];
  children: ReactNode;
  isBusy?: boolean;
  className?: string;
}): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setIsOpen(false);
    host.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!isOpen) return undefined;
    host.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && host.current?.contains(event.target) !== true) setIsOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!isOpen) return;
    const items = [...(host.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items[(at - 1 + items.length) % items.length]?.focus();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="menu-host" ref={host} onKeyDown={onKeyDown}>
      <button
        type="button"
        className={props.className ?? 'icon-button small'}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={props.className === undefined ? props.label : undefined}
        title={props.label}
        aria-busy={props.isBusy === true}
        onClick={() => setIsOpen(!isOpen)}
      >
        {props.children}
      </button>
      {isOpen && (
        <div className="menu" role="menu" aria-label={props.label}>
          {props.items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
