/** All keys of the page in one table; single keys are ignored inside fields, and Tab is never taken. */
import { useEffect } from 'react';
import { tinykeys } from 'tinykeys';
import { commandById } from '../model/commands.ts';
import { KEYS } from './key-table.ts';

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function useKeys(): void {
  useEffect(() => {
    const bindings = KEYS.flatMap((entry) =>
      entry.keys.map((key) => {
        const isSingle = !key.includes('$mod') && !/^F\d+$/.test(key);
        const handler = (event: KeyboardEvent): void => {
          if (isSingle && isField(event.target)) return;
          if (isSingle && (event.ctrlKey || event.metaKey || event.altKey)) return;
          if (document.querySelector('dialog[open]') !== null && entry.command !== 'palette') return;
          if (commandById(entry.command)?.run() === false) return;
          event.preventDefault();
        };
        return [key, handler] as const;
      }),
    );
    return tinykeys(window, Object.fromEntries(bindings), { ignore: () => false });
  }, []);
}
