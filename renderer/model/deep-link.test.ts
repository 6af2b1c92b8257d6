import { describe, expect, it } from 'vitest';
import { NOWHERE, parseDeepLink, toDeepLink } from './deep-link.ts';

describe('deep links', () => {
  it('come back as they went out', () => {
    const places = [
      { ...NOWHERE, sessionId: 's/1', step: 1, event: 14, rule: 'item-id-announced', view: 'id-map' },
      { ...NOWHERE, sessionId: 'x', step: 0 },
      { ...NOWHERE, sessionId: 'session', step: 2, event: 0 },
      { ...NOWHERE, sessionId: 'session', step: 1, view: 'compare', with: 'repaired:step_1' },
      { ...NOWHERE, view: 'probe' },
    ];
    for (const place of places) expect(parseDeepLink(toDeepLink(place))).toEqual(place);
  });
  it('counts steps from 1 and events from 0', () => {
    expect(toDeepLink({ ...NOWHERE, sessionId: 'a', step: 1, event: 14 })).toBe('#/session/a/step/2/event/14');
  });
  it('takes nonsense as nowhere', () => {
    expect(parseDeepLink('#/session')).toEqual(NOWHERE);
    expect(parseDeepLink('#/session/')).toEqual(NOWHERE);
    expect(parseDeepLink('#/session/a/step/-3/event/%%')).toEqual({ ...NOWHERE, sessionId: 'a' });
  });
});
