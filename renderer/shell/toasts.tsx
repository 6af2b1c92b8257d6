/** What background jobs have to say; errors elsewhere stand where they happened. */
import type { ReactElement } from 'react';
import { SignIcon } from '../components/glyph.tsx';
import { useUi } from '../model/ui-store.ts';

export function Toasts(): ReactElement {
  const toasts = useUi((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.key} className="toast">
          <SignIcon sign={toast.kind === 'error' ? 'error' : 'ok'} />
          {toast.text}
        </div>
      ))}
    </div>
  );
}
