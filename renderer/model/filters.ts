/**
 * The filter language of the event table: `type:`, `item:`, `index:`, `rule:`, `text:`, `after:`, plain
 * words, quotes for spaces, `-` for not. Terms are joined by "and". Parsing is pure; a filter is compiled
 * to one predicate over a track's columns.
 */
import { valueAt } from './columns.ts';
import { shortType } from './event-kind.ts';
import { typeName, type StepTrack } from './step-track.ts';
import { findTexts } from './text-column.ts';

export interface FilterTerm {
  key: FilterKey;
  value: string;
  isNot: boolean;
}
export const FILTER_KEYS = ['type', 'item', 'index', 'rule', 'severity', 'text', 'event', 'after', 'before'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

export const FILTER_HELP: Record<FilterKey, string> = {
  type: 'event type, * matches anything: type:*.delta',
  item: 'item id or part of it: item:rs_28ec',
  index: 'output index: index:1',
  rule: 'events with a finding of this rule',
  severity: 'error, warning or note',
  text: 'words in the event: text:"in Paris"',
  event: 'event number or range: event:10-20',
  after: 'milliseconds since the request: after:120',
  before: 'milliseconds since the request: before:200',
};

/** Splits at spaces outside quotes; an unknown key is taken as plain text. */
export function parseFilter(source: string): FilterTerm[] {
  const terms: FilterTerm[] = [];
  for (const match of source.matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/g)) {
    const key = match[2];
    const value = match[3] ?? match[4] ?? '';
    const isNot = match[1] === '-';
    if (key === undefined || isFilterKey(key)) {
      const isUnfinished = key === undefined && value.endsWith(':') && isFilterKey(value.slice(0, -1));
      if (value !== '' && !isUnfinished) terms.push({ key: key ?? 'text', value, isNot });
    } else terms.push({ key: 'text', value: `${key}:${value}`, isNot });
  }
  return terms;
}

function isFilterKey(key: string): key is FilterKey {
  return (FILTER_KEYS as readonly string[]).includes(key);
}

export function toFilterText(term: FilterTerm): string {
  const value = /\s/.test(term.value) ? `"${term.value}"` : term.value;
  return `${term.isNot ? '-' : ''}${term.key}:${value}`;
}

type Predicate = (event: number) => boolean;

/** Events from `from` on, before `to`. */
export interface EventRange {
  from: number;
  to: number;
}

/** All events of the track that pass; `null` when nothing filters. One term after the other, over all events. */
export function filterEvents(
  track: StepTrack,
  terms: readonly FilterTerm[],
  range: EventRange | null,
  labelOf: (id: string) => string,
): Int32Array | null {
  if (terms.length === 0 && range === null) return null;
  const first = Math.max(0, range?.from ?? 0);
  const end = Math.max(first, Math.min(track.count, range?.to ?? track.count));
  const isOut = new Uint8Array(track.count);
  for (const term of terms) {
    const predicate = compile(track, term, labelOf);
    for (let event = first; event < end; event += 1) if (isOut[event] === 0 && predicate(event) === term.isNot) isOut[event] = 1;
  }
  const found = new Int32Array(end - first);
  let length = 0;
  for (let event = first; event < end; event += 1) {
    if (isOut[event] === 1) continue;
    found[length] = event;
    length += 1;
  }
  return found.slice(0, length);
}

function compile(track: StepTrack, term: FilterTerm, labelOf: (id: string) => string): Predicate {
  const value = term.value.toLowerCase();
  switch (term.key) {
    case 'type': {
      const matches = toGlob(value);
      const byCode = new Map<number, boolean>();
      return (event) => {
        const code = valueAt(track.type, event);
        let isMatch = byCode.get(code);
        if (isMatch === undefined) {
          const name = typeName(code).toLowerCase();
          isMatch = matches(name) || matches(shortType(name));
          byCode.set(code, isMatch);
        }
        return isMatch;
      };
    }
    case 'item': {
      const matches = track.ids.map((id) => id.toLowerCase().includes(value) || labelOf(id).toLowerCase().includes(value));
      return (event) => matches[valueAt(track.id, event)] ?? false;
    }
    case 'index':
      return (event) => String(valueAt(track.outputIndex, event)) === value;
    case 'rule': {
      const events = new Set(
        track.findings.flatMap((finding) => (finding.rule.includes(value) && finding.event !== null ? finding.event : [])),
      );
      return (event) => events.has(event);
    }
    case 'severity': {
      const rank = ['note', 'warning', 'error'].findIndex((name) => name.startsWith(value)) + 1;
      return (event) => track.severity[event] === rank;
    }
    case 'text': {
      const hasWord = new Uint8Array(track.count);
      findTexts(track.text, value, (event) => {
        hasWord[event] = 1;
      });
      return (event) => hasWord[event] === 1 || typeName(valueAt(track.type, event)).includes(value);
    }
    case 'event': {
      const [from, to] = toRange(value);
      return (event) => event >= from && event <= to;
    }
    case 'after': {
      const limit = Number.parseFloat(value);
      return (event) => valueAt(track.tMs, event) > limit;
    }
    case 'before': {
      const limit = Number.parseFloat(value);
      return (event) => valueAt(track.tMs, event) < limit;
    }
  }
}

/** A star stands for anything; without one a type matches anywhere in the name. Not a regular expression: many stars would cost one dear. */
function toGlob(value: string): (name: string) => boolean {
  const [first = '', ...rest] = value.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name.includes(value);
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    const end = name.length - last.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

function toRange(value: string): [number, number] {
  const match = /^(\d+)(?:(?:-|\.\.)(\d*))?$/.exec(value);
  if (match === null) return [-1, -1];
  const from = Number(match[1]);
  if (!/-|\.\./.test(value)) return [from, from];
  return [from, match[2] === undefined || match[2] === '' ? Infinity : Number(match[2])];
}

/** What may come next at the end of the text: keys first, then values for the key being typed. */
export function suggest(source: string, track: StepTrack | null, labelOf: (id: string) => string): string[] {
  const word = source.split(/\s/).at(-1) ?? '';
  const isNot = word.startsWith('-');
  const bare = isNot ? word.slice(1) : word;
  const sign = isNot ? '-' : '';
  const [key, value] = bare.includes(':') ? (bare.split(/:(.*)/s, 2) as [string, string]) : [null, bare];
  if (key === null) return FILTER_KEYS.filter((name) => name.startsWith(bare)).map((name) => `${sign}${name}:`);
  const values = track === null ? [] : valuesFor(key, track, labelOf);
  return [...new Set(values)]
    .filter((candidate) => candidate.toLowerCase().includes(value.toLowerCase()) && candidate !== value)
    .toSorted((a, b) => Number(startsWith(b, value)) - Number(startsWith(a, value)))
    .slice(0, 8)
    .map((candidate) => `${sign}${key}:${candidate}`);
}

const startsWith = (candidate: string, value: string): boolean => candidate.toLowerCase().startsWith(value.toLowerCase());

function valuesFor(key: string, track: StepTrack, labelOf: (id: string) => string): string[] {
  if (key === 'type') return [...new Set(track.type.subarray(0, Math.min(track.count, 20_000)))].map((code) => shortType(typeName(code)));
  if (key === 'item') return track.ids.slice(0, 500).map(labelOf);
  if (key === 'rule') return track.findings.map((finding) => finding.rule);
  if (key === 'severity') return ['error', 'warning', 'note'];
  if (key === 'index') return track.lanes.lanes.map((lane) => String(lane.outputIndex ?? 0));
  return [];
}
