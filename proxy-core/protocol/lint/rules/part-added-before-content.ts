/** Content and summary parts are announced before their content. */
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';
import { partTypeOf } from '../model/stream-model.ts';

export const partAddedBeforeContent = defineRule({
  id: 'part-added-before-content',
  severity: 'error',
  title: 'Content without content_part.added',
  why: 'content_part.added and reasoning_summary_part.added make the slot that deltas are written into. Without it strict clients throw, and others lose the reasoning.',
  source: 'OpenAI OpenAPI (Aug 2026); deltas come only in an open part in 368 of 368 (text) and 18 of 18 (summaries) genuine streams.',
  breaks:
    'openai-node and openai-python responses.stream() ("missing content at index 0"); AI SDK for a summary part after the first ("reasoning part … not found").',
  fix: 'Send content_part.added (reasoning_summary_part.added for summaries) with an empty part before the first delta of each part.',
  silentAfter: ['item-id-announced', 'item-added-once', 'nothing-after-done', 'part-index-sequence', 'lost-event', 'item-id-matches-index'],
  example: {
    good: { events: textStream() },
    bad: { events: without(textStream(), 'response.content_part.added') },
  },
  watches: (spec) => spec !== null && spec.role !== 'part-added',
  create: ({ report }) => ({
    event(facts) {
      const { part, item, spec } = facts;
      if (!part || !item || !spec || facts.wasItemDone || spec.role === 'part-added') return;
      const announcer = part.group === 'summary' ? 'reasoning_summary_part.added' : 'content_part.added';
      const field = part.group === 'summary' ? 'summary_index' : 'content_index';
      if (!facts.wasPartKnown) {
        report({
          facts,
          group: `${item.firstEventAt} ${part.group} ${part.index}`,
          message: `${facts.type} is for ${field} ${part.index} of item "${item.id ?? facts.itemId}", but no ${announcer} announced that part.`,
          expected: announcer,
          actual: facts.type,
        });
        return;
      }
      const wanted = partTypeOf(spec.channel);
      if (wanted === null || part.addedAt === null || part.type === null || part.type === wanted) return;
      report({
        facts,
        group: `${item.firstEventAt} ${part.group} ${part.index}`,
        once: true,
        message: `${facts.type} is for ${field} ${part.index} of item "${item.id}", which was announced as ${part.type}.`,
        expected: wanted,
        actual: part.type,
      });
    },
  }),
});
