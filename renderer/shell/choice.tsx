/** One setting of a few values, as a row with a segment for each. */
import type { ReactElement } from 'react';

export function Choice<Id extends string>(props: {
  label: string;
  options: readonly { id: Id; title: string }[];
  value: Id;
  /** Why it can't be changed here. */
  fixed?: string | undefined;
  onChange: (id: Id) => void;
}): ReactElement {
  return (
    <div className="setting" title={props.fixed}>
      <span>{props.label}</span>
      <div className="segments" role="group" aria-label={props.label}>
        {props.options.map((option) => (
          <button
            key={option.id}
            type="button"
            aria-pressed={option.id === props.value}
            disabled={props.fixed !== undefined && option.id !== props.value}
            onClick={() => props.onChange(option.id)}
          >
            {option.title}
          </button>
        ))}
      </div>
    </div>
  );
}
