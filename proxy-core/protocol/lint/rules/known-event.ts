/** The event type is a published one. */
import { defineRule } from '../define-rule.ts';
import { insert, textStream } from '../example-streams.ts';

export const knownEvent = defineRule({
  id: 'known-event',
  severity: 'note',
  title: 'Unpublished event type',
  why: 'Clients must ignore events they do not know, but strict ones throw. It also often is another API leaking through.',
  source:
    'OpenAI OpenAPI (Aug 2026), Open Responses 2026-04-24. OpenAI itself sends keepalive and apply_patch diff events that no schema has, so this is only a note.',
  breaks: 'openai-node responses.stream() throws at an unknown type.',
  fix: 'Send extra information as SSE comments, or in fields of published events.',
  example: {
    good: { events: textStream() },
    bad: { events: insert(textStream(), 4, { type: 'response.my_gateway.ping' }) },
  },
  watches: (spec) => !spec?.isPublished,
  create: ({ report }) => ({
    event(facts) {
      if (facts.type === null || facts.spec?.isPublished) return;
      report({
        facts,
        item: null,
        group: facts.type,
        once: true,
        message: facts.spec
          ? `${facts.type} is in no published list (OpenAI sends it all the same).`
          : `${facts.type} is in no published list of events.`,
        expected: 'a published event type',
        actual: facts.type,
      });
    },
  }),
});
