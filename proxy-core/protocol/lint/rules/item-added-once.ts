/** Every item is announced exactly once, before its first event and its done. */
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';
import { namespaceHint } from '../model/id-names.ts';

export const itemAddedOnce = defineRule({
  id: 'item-added-once',
  severity: 'error',
  title: 'Item announced twice, late or never',
  why: 'output_item.added opens an item. A second one opens it again (and shows it twice), a missing one leaves its done hanging in the air.',
  source: 'Open Responses 2026-04-24, item lifecycle; output_item.done has an open added in 514 of 514 genuine streams (to Aug 2026).',
  breaks:
    'openai-node and openai-python responses.stream() ("Duplicate response output index", "missing output at index"); AI SDK shows an empty extra message.',
  fix: 'Announce an item when its first content arrives, remember that you did, and close only what was announced.',
  silentAfter: ['item-id-announced', 'lost-event'],
  example: {
    good: { events: textStream() },
    bad: {
      events: without(
        textStream(),
        'response.output_item.added',
        'response.content_part.added',
        'response.output_text.delta',
        'response.output_text.done',
        'response.content_part.done',
      ),
    },
  },
  watches: ['item-added', 'item-done'],
  create: ({ report }) => ({
    event(facts) {
      const { item, added } = facts;
      if (added?.kind === 'again') {
        report({
          facts,
          message: `Item "${facts.itemId}" at output_index ${facts.outputIndex} is announced again; event ${item?.addedAt} had announced it.`,
          expected: 1,
          actual: 2,
        });
      } else if (added?.kind === 'late') {
        report({
          facts,
          message: `Item "${facts.itemId}" is announced only now; event ${item?.firstEventAt} was already about it.`,
          expected: 'an announcement before the first event',
          actual: item?.firstEventAt,
        });
      } else if (facts.spec?.role === 'item-done' && facts.match === 'phantom' && !facts.wasItemDone) {
        const hint = facts.itemId === null ? '' : namespaceHint(facts.itemId);
        report({
          facts,
          message: `output_item.done closes item "${facts.itemId ?? 'without an id'}"${hint}, which was never announced.`,
          expected: 'an earlier output_item.added',
          actual: facts.itemId,
        });
      }
    },
  }),
});
