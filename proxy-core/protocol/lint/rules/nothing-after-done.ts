/** What is done gets no more events. */
import { defineRule } from '../define-rule.ts';
import { insert, textStream } from '../example-streams.ts';

export const nothingAfterDone = defineRule({
  id: 'nothing-after-done',
  severity: 'error',
  title: 'Event for something that is done',
  why: 'Clients drop an item or part when it is done. Whatever comes later is lost or raises an error.',
  source: 'The item of an event is open in 509 of 509 genuine streams, its part in 368 of 368 (to Aug 2026).',
  breaks: 'AI SDK 5, 6 and 7 and @ai-sdk/open-responses ("text part … not found").',
  fix: 'Open a new item for content that comes after a done; do not write into the old one.',
  silentAfter: ['item-id-announced', 'item-added-once', 'item-id-unique'],
  example: {
    good: { events: textStream() },
    bad: {
      events: insert(textStream(), 8, {
        type: 'response.output_text.delta',
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: ' Enjoy!',
        logprobs: [],
      }),
    },
  },
  create: ({ report }) => ({
    event(facts) {
      const { item, part, spec } = facts;
      if (!item || !spec || spec.role === 'item-added') return;
      // That it was missing when the item was done has been said.
      if (item.faults.has('part-done') && (spec.role === 'part-done' || spec.role === 'content-done')) return;
      if (facts.wasItemDone) {
        report({
          facts,
          message: `${facts.type} comes after output_item.done of item "${item.id}" (event ${item.doneAt}).`,
          expected: 'no event',
          actual: facts.type,
        });
        return;
      }
      if (part) {
        const what = facts.wasPartDone
          ? `the part was done in event ${part.doneAt}`
          : facts.wasPartContentDone && spec.role !== 'part-done'
            ? `its text was done in event ${part.contentDoneAt}`
            : undefined;
        if (what === undefined) return;
        report({ facts, message: `${facts.type} comes too late: ${what}.`, expected: 'no event', actual: facts.type });
        return;
      }
      if (facts.wasContentDone && spec.channel !== null && (spec.role === 'delta' || spec.role === 'content-done')) {
        report({
          facts,
          message: `${facts.type} comes after the call's input was done (event ${item.contentDoneAt}).`,
          expected: 'no event',
          actual: facts.type,
        });
      }
    },
  }),
});
