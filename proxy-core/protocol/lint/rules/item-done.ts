/** Every announced item is done before the terminal event. */
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';
import { isExemptFromOrder } from '../model/item-state.ts';

export const itemDone = defineRule({
  id: 'item-done',
  severity: 'error',
  title: 'Item left open',
  why: 'Many clients act only on output_item.done: they run the call, or keep the text, when it arrives. An item that is never closed is lost to them.',
  source: 'Open Responses 2026-04-24, item lifecycle; 512 of 513 genuine streams (mcp_list_tools may stay open, to Aug 2026).',
  breaks: 'Codex loses the text; AI SDK and Codex never run the call.',
  fix: 'Close open parts and items before any terminal event, also before response.failed and response.incomplete.',
  silentAfter: ['item-id-announced', 'item-added-once', 'item-id-stable', 'item-id-unique', 'item-id-matches-index', 'lost-event'],
  example: {
    good: { events: textStream() },
    bad: { events: without(textStream(), 'response.output_item.done') },
  },
  watches: ['terminal'],
  create: ({ report, model }) => ({
    event(facts) {
      if (facts.terminal)
        reportOpen(model.errorAt !== null && model.errorAt === facts.event.index - 1 ? 'the error' : (facts.type ?? 'the end'));
      function reportOpen(what: string): void {
        for (const item of model.items) {
          if (item.addedAt === null || item.doneAt !== null || isExemptFromOrder(item)) continue;
          report({
            facts,
            item,
            itemId: item.id,
            outputIndex: item.outputIndex,
            message: `Item "${item.id}" (${item.type}), announced in event ${item.addedAt}, is still open when the stream ends with ${what}.`,
            expected: 'output_item.done',
            actual: null,
          });
        }
      }
    },
    end() {
      if (model.terminal || model.errorAt === null || model.errorAt !== model.eventCount - 1) return;
      for (const item of model.items) {
        if (item.addedAt === null || item.doneAt !== null || isExemptFromOrder(item)) continue;
        report({
          item,
          eventIndex: model.errorAt,
          message: `Item "${item.id}" (${item.type}), announced in event ${item.addedAt}, is still open when the stream ends with error.`,
          expected: 'output_item.done',
          actual: null,
        });
      }
    },
  }),
});
