/** A choice of a few, side by side; the chosen one is pressed. */
import type { ReactElement } from 'react';

export function Segments<Id extends string>(props: {
  label: string;
  options: readonly { id: Id; title: string }[];
  value: Id;
  onChange: (id: Id) => void;
}): ReactElement {
  return (
    <div className="segments" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button key={option.id} type="button" aria-pressed={option.id === props.value} onClick={() => props.onChange(option.id)}>
          {option.title}
        </button>
      ))}
    </div>
  );
}
