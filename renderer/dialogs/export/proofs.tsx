/** The four proofs: no secret in what goes out, no credential header, the same findings, the same verdicts. */
import type { ReactElement } from 'react';
import { plural } from '../../components/format.ts';
import { SignIcon, type Sign } from '../../components/glyph.tsx';
import { useBundle } from '../../model/handover/bundle-store.ts';
import { toProofs } from './to-proofs.ts';

const SIGNS: Record<'held' | 'broken' | 'open', Sign> = { held: 'ok', broken: 'error', open: 'none' };

export function Proofs(): ReactElement | null {
  const phase = useBundle((state) => state.phase);
  const format = useBundle((state) => state.format);
  const proofs = useBundle((state) => state.proofs);
  const redactions = useBundle((state) => state.redactions);
  const fileCount = useBundle((state) => state.files.length);
  if (phase === 'error') return null;
  if (format !== 'bundle') {
    return (
      <p className="proofs dim">
        Redacted like a bundle. The proofs are made for bundles only: what this file leaves out can’t be compared.
      </p>
    );
  }
  if (proofs === null) {
    return (
      <ul className="proofs" aria-label="Proofs">
        {['Searching for secrets', 'Looking at headers', 'Comparing findings', 'Running the clients'].map((text) => (
          <li key={text} className="dim">
            <SignIcon sign="none" /> {text}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <ul className="proofs" aria-label="Proofs">
      {toProofs(proofs, redactions, plural(fileCount, 'file')).map(({ state, text }) => (
        <li key={text} className={state === 'broken' ? 'err' : ''}>
          <SignIcon sign={SIGNS[state]} label={state === 'held' ? 'proved' : state === 'broken' ? 'not so' : 'not checked'} /> {text}
        </li>
      ))}
    </ul>
  );
}
