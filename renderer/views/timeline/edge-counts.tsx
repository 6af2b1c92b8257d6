/** At the edges of a plot: how often the id that is lit or selected occurs outside; a click goes there. */
import { useMemo, type ReactElement } from 'react';
import { lookOf, type IdRegistry } from '../../model/id-registry.ts';
import { useSelection } from '../../model/selection.ts';
import { countOutside } from '../../model/timeline/edge-counts.ts';
import type { Frame, Scene } from '../../model/timeline/scene.ts';

export function EdgeCounts(props: {
  scene: Scene;
  frame: Frame;
  registry: IdRegistry;
  id: string | null;
  position: number;
}): ReactElement | null {
  const { scene, frame, id } = props;
  const select = useSelection((state) => state.select);
  const counts = useMemo(() => (id === null ? [] : countOutside(scene, frame, id)), [scene, frame, id]);
  if (id === null) return null;
  const { label } = lookOf(props.registry, id);
  return (
    <>
      {counts.map(({ side, count, event, y }) => (
        <button
          key={side}
          type="button"
          tabIndex={-1}
          className={`edge-count ${side}`}
          style={{ top: y - 9 }}
          title={`${label} occurs ${count === 1 ? 'once' : `${count} times`} ${side} in this step. Go to event ${event}`}
          onClick={(click) => {
            click.stopPropagation();
            select({ step: props.position, event });
          }}
        >
          {count.toLocaleString('en')} {side}
        </button>
      ))}
    </>
  );
}
