/** Every event has a sequence_number. */
import { change, textStream } from '../example-streams.ts';
import { defineRule } from '../define-rule.ts';

export const sequenceNumberPresent = defineRule({
  id: 'sequence-number-present',
  severity: 'warning',
  title: 'sequence_number missing',
  why: 'A client that loses its connection asks for the rest by starting_after=<sequence number>. Without numbers lost or doubled events can not be noticed either.',
  source: 'Required by the OpenAI OpenAPI (Aug 2026); 510 of 516 genuine streams, the others are from before June 2025.',
  breaks: 'No client that was tested.',
  fix: 'Number the events in the one place that writes them to the client.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.output_text.delta', { sequence_number: null }) },
  },
  create: ({ report }) => ({
    event(facts) {
      // A frame that is no event at all is another rule's finding.
      if (facts.type === null || facts.sequenceNumber !== null) return;
      report({
        facts,
        item: null,
        group: 'stream',
        once: true,
        message: `${facts.type} has no sequence_number.`,
        expected: 'an integer',
        actual: facts.json['sequence_number'] ?? null,
      });
    },
  }),
});
