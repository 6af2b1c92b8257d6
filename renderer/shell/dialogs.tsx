/** The dialog that is open, if one is. */
import { Suspense, type ReactElement } from 'react';
import { DIALOGS } from '../dialogs/index.ts';
import { useUi } from '../model/ui-store.ts';

export function Dialogs(): ReactElement | null {
  const dialog = useUi((state) => state.dialog);
  if (dialog === null) return null;
  const Open = DIALOGS[dialog];
  return (
    <Suspense>
      <Open />
    </Suspense>
  );
}
