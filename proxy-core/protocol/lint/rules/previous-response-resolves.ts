/** previous_response_id is not one that is known to be unknown. */
import { asObject, asString, isObject, type JsonObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';

export const previousResponseResolves = defineRule({
  id: 'previous-response-resolves',
  severity: 'error',
  title: 'previous_response_id is unknown',
  why: 'The id leads to the history of the conversation. When it does not resolve, the request fails, or worse: the model answers without the history.',
  source:
    'OpenAI answers 400 previous_response_not_found (2026). Silent when neither the store nor the upstream says that the id is unknown.',
  breaks: 'The request itself.',
  fix: 'Send the id of response.created exactly as it came, to the server that made it, and keep store on.',
  isAboutRequest: true,
  example: {
    good: {
      events: textStream(),
      request: { model: 'm', input: 'Hi', previous_response_id: 'resp_0' },
      session: { isResponseStored: () => true },
    },
    bad: {
      events: textStream(),
      request: { model: 'm', input: 'Hi', previous_response_id: 'resp_0' },
      session: { isResponseStored: () => false },
    },
  },
  watches: ['terminal', 'error'],
  create({ report, session, request }) {
    const id = asString(request?.['previous_response_id']);
    let isReported = false;
    const say = (who: string): void => {
      if (id === undefined || isReported) return;
      isReported = true;
      report({
        message: `The request continues "${id}", which ${who} does not know.`,
        item: null,
        expected: 'a known response id',
        actual: id,
      });
    };
    return {
      request() {
        if (id !== undefined && session.isResponseStored?.(id) === false) say('the store');
      },
      event(facts) {
        if (id === undefined || facts.type === null) return;
        if (facts.type === 'error' || facts.type === 'response.failed') {
          if (saysUnknown(asObject(facts.response?.['error'] ?? facts.json['error'] ?? facts.json))) say('the server');
        }
      },
      end({ answer }) {
        if (answer && answer.status >= 400 && isObject(answer.body?.['error']) && saysUnknown(answer.body['error'])) say('the server');
      },
    };
  },
});

function saysUnknown(error: JsonObject): boolean {
  if (error['code'] === 'previous_response_not_found') return true;
  const message = asString(error['message']) ?? '';
  return (
    (error['param'] === 'previous_response_id' || /previous[_ ]response/i.test(message)) &&
    /not found|unknown|does not exist|no response/i.test(message)
  );
}
