import { asString } from '../protocol/json.ts';
import { defineQuirk } from './quirk.ts';

/** Seen in LM Studio, with the id that it had just sent; also in any gateway that spreads requests over replicas. */
export const previousResponseNotFound = defineQuirk({
  id: 'previous-response-not-found',
  title: 'LM Studio: previous_response_id is not found',
  description: 'Every request with a previous_response_id is answered with 400 previous_response_not_found, whatever the id.',
  needs: 'a request with previous_response_id',
  thread: { repo: 'lmstudio-ai/lmstudio-bug-tracker', kind: 'issues', number: 1188 },
  rules: ['previous-response-resolves'],
  answer({ body }) {
    const id = asString(body.previous_response_id);
    if (id === undefined) return undefined;
    const message = `Previous response with id '${id}' not found.`;
    const error = { message, type: 'invalid_request_error', param: 'previous_response_id', code: 'previous_response_not_found' };
    return { status: 400, headers: {}, body: { error } };
  },
});
