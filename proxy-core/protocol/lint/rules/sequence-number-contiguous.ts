/** Sequence numbers count the events: 0, 1, 2, … */
import { change, textStream } from '../example-streams.ts';
import { defineRule } from '../define-rule.ts';

export const sequenceNumberContiguous = defineRule({
  id: 'sequence-number-contiguous',
  severity: 'error',
  title: 'Sequence numbers skip, repeat or go back',
  why: 'A gap means that events were lost on the way, a repeat or a step back that two writers number one stream. Resuming after such a number gives the wrong rest.',
  source: '+1 each in 509 of 510 genuine streams; the other one has a gap before its error event (to Aug 2026).',
  breaks: 'No client that was tested; resuming a background response goes wrong.',
  fix: 'Number the events in the one place that writes them to the client, never where they are made.',
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.output_text.delta', { sequence_number: 0 }) },
  },
  create({ report, model }) {
    let last: number | null = null;
    /** Events without a number since the last one: each may account for one missing number. */
    let unnumbered = 0;
    return {
      event(facts) {
        const now = facts.sequenceNumber;
        if (now === null) {
          unnumbered += 1;
          return;
        }
        const first = last === null;
        const expected = last === null ? 0 : last + 1;
        const isFine =
          (now >= expected && now <= expected + unnumbered) ||
          (first && model.isResumed) ||
          // OpenAI skips a number before `error` (seen once).
          (facts.type === 'error' && now > expected);
        last = now;
        const slack = unnumbered;
        unnumbered = 0;
        if (isFine) return;
        report({
          facts,
          item: null,
          group: 'stream',
          message: first
            ? `The first sequence_number is ${now}; a stream begins with 0.`
            : `sequence_number is ${now} after ${expected - 1}${slack > 0 ? ` and ${slack} events without one` : ''}; it should be ${expected + slack}.`,
          expected: expected + slack,
          actual: now,
        });
      },
    };
  },
});
