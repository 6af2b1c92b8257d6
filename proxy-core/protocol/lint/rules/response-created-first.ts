/** A stream begins with response.created, once. */
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';

export const responseCreatedFirst = defineRule({
  id: 'response-created-first',
  severity: 'error',
  title: 'Stream does not begin with response.created',
  why: 'response.created carries the id and the settings that everything else belongs to; accumulating clients build their snapshot from it.',
  source: 'OpenAI streaming guide (Aug 2026); 515 of 516 genuine streams, the other one resumes an earlier one.',
  breaks: 'openai-node and openai-python responses.stream(), the Agents SDK for Python.',
  fix: 'Write response.created as soon as the request is accepted, before anything that comes from the upstream.',
  example: {
    good: { events: textStream() },
    bad: { events: without(textStream(), 'response.created', 'response.in_progress') },
  },
  create({ report, model }) {
    let createdAt: number | null = null;
    let isFirst = true;
    return {
      event(facts) {
        const isCreated = facts.type === 'response.created';
        if (isFirst && !isCreated && !model.isResumed && model.lostAt === null) {
          const what = facts.type ?? 'something that is no Responses event';
          report({
            facts,
            item: null,
            group: 'stream',
            message: `The stream begins with ${what} instead of response.created.`,
            expected: 'response.created',
            actual: facts.type,
          });
        } else if (isCreated && createdAt !== null) {
          report({
            facts,
            item: null,
            group: 'stream',
            message: `response.created comes a second time; event ${createdAt} was the first.`,
            expected: 1,
            actual: 2,
          });
        }
        isFirst = false;
        if (isCreated) createdAt ??= facts.event.index;
      },
    };
  },
});
