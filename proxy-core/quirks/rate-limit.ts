import { defineQuirk } from './quirk.ts';

const RETRY_AFTER_S = 1;

export const rateLimit = defineQuirk({
  id: 'rate-limit',
  title: 'Rate limit',
  description:
    'Every other request, the first one included, is answered with 429 and retry-after: 1. A client that tries again gets through.',
  needs: '',
  thread: null,
  rules: [],
  answer({ index }) {
    if (index % 2 === 1) return undefined;
    const message = `Rate limit reached. Please try again in ${RETRY_AFTER_S}s.`;
    const error = { message, type: 'requests', param: null, code: 'rate_limit_exceeded' };
    return { status: 429, headers: { 'retry-after': String(RETRY_AFTER_S) }, body: { error } };
  },
});
