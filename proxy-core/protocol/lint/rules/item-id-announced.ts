/** Every item_id must have been announced by output_item.added. The fault behind "text part … not found". */
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import { namespaceHint } from '../model/id-names.ts';

export const itemIdAnnounced = defineRule({
  id: 'item-id-announced',
  severity: 'error',
  title: 'Event for an item that was never announced',
  why: 'Clients open an item when output_item.added arrives and file every later event under its id. An event with another id finds no item, and its text, reasoning or arguments are lost.',
  source:
    'Open Responses 2026-04-24, item lifecycle; item_id equals the announced id in 508 of 508 genuine OpenAI streams (29,549 events, to Aug 2026).',
  breaks:
    'AI SDK 5 and 6 and @ai-sdk/open-responses report "text part … not found" and lose the text; openai-node responses.stream() throws. AI SDK 7 (@ai-sdk/openai 4.0.34 and later) forgives a wrong id but not a missing announcement.',
  fix: 'Make one id per output item when the item opens, keep it with the item, and write it into every event of that item. Never pass on the id of an upstream chunk. Open a message item before its first text delta in every turn, also when a tool call or thinking came first.',
  silentAfter: ['lost-event'],
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.output_text.delta', { item_id: 'chatcmpl-7c1f2a' }) },
  },
  create: ({ report }) => ({
    event(facts) {
      if (facts.spec?.role === 'item-added' || facts.spec?.role === 'item-done') return;
      if (facts.itemId === null || (facts.match !== 'alias' && facts.match !== 'phantom')) return;
      const expected = facts.match === 'alias' ? (facts.item?.id ?? null) : null;
      const hint = namespaceHint(facts.itemId);
      report({
        facts,
        message:
          expected === null
            ? `${facts.type} is for item "${facts.itemId}"${hint}, but no output_item.added announced an item with that id.`
            : `${facts.type} is for item "${facts.itemId}"${hint}, which was never announced; the open item at output_index ${facts.outputIndex ?? facts.item?.outputIndex} is "${expected}".`,
        expected,
        actual: facts.itemId,
      });
    },
  }),
});
