/** An id as it looks everywhere: glyph + short label; hatched when never announced or from another API. */
import type { ReactElement } from 'react';
import { lookColor, lookOf } from '../model/id-registry.ts';
import { useSelection } from '../model/selection.ts';
import { useSession } from '../model/session-store.ts';
import { KindGlyph } from './glyph.tsx';

export function IdChip(props: { id: string; isFull?: boolean; isGhost?: boolean }): ReactElement {
  const registry = useSession((state) => state.registry);
  const isLit = useSelection((state) => state.hoverId === props.id);
  const hover = useSelection((state) => state.hover);
  const look = lookOf(registry, props.id);
  const isGhost = props.isGhost ?? (!look.isAnnounced && look.kind !== 'other');
  const title = look.decoded === null ? look.id : `${look.id}\nwraps ${look.decoded}`;
  return (
    <span
      className={`id-chip${isGhost ? ' ghost' : ''}${isLit ? ' lit' : ''}`}
      title={title}
      onMouseEnter={() => hover(props.id)}
      onMouseLeave={() => hover(null)}
    >
      <KindGlyph kind={look.kind} isFilled={!isGhost} color={lookColor(look)} />
      <span>{props.isFull === true ? look.id : look.label}</span>
    </span>
  );
}
