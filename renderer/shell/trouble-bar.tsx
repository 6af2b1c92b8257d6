/** The line under the title bar that says what is not recorded, and why. Nothing while all is well. */
import type { ReactElement } from 'react';
import { SignIcon } from '../components/glyph.tsx';
import { useSessions } from '../model/sessions-store.ts';

export function TroubleBar(): ReactElement | null {
  const trouble = useSessions((state) => (state.isConnected ? state.info?.recorderTrouble : null)) ?? null;
  if (trouble === null) return null;
  return (
    <div className="trouble-bar" role="alert">
      <SignIcon sign="error" />
      <span>{trouble}</span>
      <span className="dim">Streams go on unchanged.</span>
    </div>
  );
}
