/** How the upstream ended is told to the client as it was. */
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';
import { exampleDigest } from '../upstream-digest/example-digest.ts';

export const upstreamEndHonoured = defineRule({
  id: 'upstream-end-honoured',
  severity: 'error',
  title: 'A cut answer told as complete',
  why: 'When the upstream breaks off, fails or stops at its token limit, the answer is not whole. Told as completed, nobody retries and half an answer is taken for all of it.',
  source:
    'OpenAI streaming guide (Aug 2026): incomplete with max_output_tokens, failed for errors. LiteLLM before 1.109 told three cut streams of three as completed.',
  breaks: 'Every client believes it.',
  fix: 'Map a length stop to response.incomplete, an error or a cut to response.failed; never make up a finish reason.',
  example: {
    good: { events: textStream(), end: { upstream: exampleDigest(['It is sunny.']) } },
    bad: { events: textStream(), end: { upstream: { ...exampleDigest(['It is sunny.']), finished: false, cut: true } } },
  },
  create: ({ report, model }) => ({
    end({ upstream }) {
      if (!upstream || model.terminal?.type !== 'response.completed') return;
      const why = upstream.error
        ? 'reported an error'
        : upstream.lengthStop
          ? 'stopped at its token limit'
          : upstream.cut
            ? 'broke off before its end'
            : undefined;
      if (why === undefined) return;
      report({
        item: null,
        eventIndex: model.terminal.index,
        message: `The client was told response.completed, but the upstream ${why}.`,
        expected: upstream.lengthStop && !upstream.error ? 'response.incomplete' : 'response.failed',
        actual: 'response.completed',
      });
    },
  }),
});
