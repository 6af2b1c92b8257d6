/** One response, one id, in every lifecycle event. */
import { asString } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import { decodeResponseId } from '../model/id-names.ts';

export const responseIdStable = defineRule({
  id: 'response-id-stable',
  severity: 'error',
  title: 'Response id changes in mid-stream',
  why: 'The client sends the response id back as previous_response_id. When created and completed carry different ids, half of the clients chain to an id that the server does not know.',
  source: 'responses-stream reference, identity rule 1; constant in 516 of 516 genuine streams (to Aug 2026).',
  breaks: 'openai-node and openai-python responses.stream() ("Lifecycle response identity changed"); chained requests get 400 or 404.',
  fix: 'Decide on the id (encoded or not) before the first event goes out and use it in all of them.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.completed', { response: { id: 'resp_2' } }) },
  },
  watches: ['lifecycle', 'terminal'],
  create({ report, model }) {
    return {
      event(facts) {
        const id = facts.response ? asString(facts.response['id']) : undefined;
        if (id === undefined || model.responseId === null || id === model.responseId) return;
        const decoded = decodeResponseId(id);
        const first = decodeResponseId(model.responseId);
        const same = decoded?.innerId === model.responseId || (first && first.innerId === decoded?.innerId);
        const hint = decoded ? ` It decodes to "${decoded.text}"${same ? ', so it is the same response under another name' : ''}.` : '';
        report({
          facts,
          item: null,
          group: 'stream',
          itemId: null,
          message: `${facts.type} carries response id "${short(id)}", but the stream began as "${short(model.responseId)}".${hint}`,
          expected: model.responseId,
          actual: id,
        });
      },
    };
  },
});

function short(id: string): string {
  return id.length <= 60 ? id : `${id.slice(0, 40)}…${id.slice(-8)}`;
}
