/**
 * The selection as a URL hash and back: `#/session/<id>/step/2/event/14?view=id-map&finding=<rule>`;
 * a comparison adds `&with=<step id>`.
 * Steps count from 1, as people read them; events from 0, as the stream numbers them. Pure.
 */
export interface Place {
  sessionId: string | null;
  /** 0-based position in the session. */
  step: number | null;
  event: number | null;
  rule: string | null;
  view: string | null;
  /** What the step is compared with: another step's id, or `repaired:` and one. */
  with: string | null;
}

export const NOWHERE: Place = { sessionId: null, step: null, event: null, rule: null, view: null, with: null };

const PAGE_IDS: readonly string[] = ['connect', 'probe'];

/** Whether a view is a page of its own, about no session. */
export function isPage(view: string | null): view is string {
  return view !== null && PAGE_IDS.includes(view);
}

export function parseDeepLink(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').map((part) => safeDecode(part));
  const read = (key: string): string | null => {
    const at = parts.indexOf(key);
    return at >= 0 && at % 2 === 0 ? (parts[at + 1] ?? null) : null;
  };
  const parameters = new URLSearchParams(query);
  const step = toIndex(read('step'));
  return {
    sessionId: read('session') || null,
    step: step === null ? null : Math.max(0, step - 1),
    event: toIndex(read('event')),
    rule: parameters.get('finding'),
    view: parameters.get('view'),
    with: parameters.get('with'),
  };
}

export function toDeepLink(place: Place): string {
  if (place.sessionId === null) return isPage(place.view) ? `#/?view=${place.view}` : '#/';
  let path = `#/session/${encodeURIComponent(place.sessionId)}`;
  if (place.step !== null) path += `/step/${place.step + 1}`;
  if (place.step !== null && place.event !== null) path += `/event/${place.event}`;
  const parameters = new URLSearchParams();
  if (place.view !== null && place.view !== 'timeline') parameters.set('view', place.view);
  if (place.rule !== null) parameters.set('finding', place.rule);
  if (place.view === 'compare' && place.with !== null) parameters.set('with', place.with);
  const query = parameters.toString();
  return query === '' ? path : `${path}?${query}`;
}

function toIndex(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign in a hand-written link
  }
}
