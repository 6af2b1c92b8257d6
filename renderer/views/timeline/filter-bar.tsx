/** The filter language with suggestions: arrows pick, Tab or Enter takes, Escape closes, then clears. */
import { ListFilter, X } from 'lucide-react';
import { useId, useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { FILTER_HELP, suggest, type FilterKey } from '../../model/filters.ts';
import { lookOf } from '../../model/id-registry.ts';
import { useSession } from '../../model/session-store.ts';
import type { StepTrack } from '../../model/step-track.ts';
import { useTable } from '../../model/table-store.ts';
import { useTimelineView } from '../../model/timeline-view-store.ts';

export function FilterBar(props: {
  track: StepTrack | null;
  stepNumber: number;
  /** What the brush leaves, in words. */
  range: { key: string; value: string } | null;
}): ReactElement {
  const filter = useTable((state) => state.filter);
  const setFilter = useTable((state) => state.setFilter);
  const registry = useSession((state) => state.registry);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const listId = useId();
  const suggestions = useMemo(
    () => (isOpen ? suggest(filter, props.track, (id) => lookOf(registry, id).label) : []),
    [isOpen, filter, props.track, registry],
  );
  const take = (suggestion: string): void => {
    setFilter(`${filter.replace(/\S*$/, '')}${suggestion}${suggestion.endsWith(':') ? '' : ' '}`);
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const picked = suggestions[active];
    if (event.key === 'ArrowDown' && isOpen) setActive(Math.min(suggestions.length - 1, active + 1));
    else if (event.key === 'ArrowUp' && isOpen) setActive(Math.max(-1, active - 1));
    else if (event.key === 'ArrowDown') setIsOpen(true);
    else if (event.key === 'Enter' && picked !== undefined) take(picked);
    else if (event.key === 'Enter') setIsOpen(false);
    else if (event.key === 'Escape' && isOpen && suggestions.length > 0) setIsOpen(false);
    else if (event.key === 'Escape' && filter !== '') setFilter('');
    else if (event.key === 'Escape') (event.target as HTMLElement).blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="filter-field">
      <ListFilter className="icon mute" aria-hidden="true" />
      <span className="token">
        <i>step:</i>
        {props.stepNumber}
      </span>
      {props.range !== null && (
        <button type="button" className="token" aria-label="Clear the range" onClick={() => useTimelineView.getState().setView(null)}>
          <i>{props.range.key}:</i>
          {props.range.value}
          <X className="token-x" aria-hidden="true" />
        </button>
      )}
      <input
        id="event-filter"
        value={filter}
        placeholder="type, item, index, rule, text…"
        aria-label="Filter events"
        role="combobox"
        aria-expanded={isOpen && suggestions.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setFilter(event.target.value);
          setIsOpen(true);
          setActive(-1);
        }}
        onClick={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onKeyDown={onKeyDown}
      />
      {filter !== '' && (
        <button type="button" className="icon-button tiny" aria-label="Clear the filter" title="Clear (Esc)" onClick={() => setFilter('')}>
          <X className="icon" aria-hidden="true" />
        </button>
      )}
      <ul id={listId} role="listbox" aria-label="Suggestions" className="suggestions" hidden={!isOpen || suggestions.length === 0}>
        {suggestions.map((suggestion, i) => (
          <li
            key={suggestion}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            className={i === active ? 'active' : ''}
            onMouseDown={(event) => {
              event.preventDefault();
              take(suggestion);
            }}
          >
            <span className="mono">{suggestion}</span>
            {suggestion.endsWith(':') && <span className="mute">{FILTER_HELP[suggestion.replaceAll(/[-:]/g, '') as FilterKey]}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
