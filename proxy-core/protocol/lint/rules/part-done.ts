/** What was opened in an item is closed before the item is done. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';

export const partDone = defineRule({
  id: 'part-done',
  severity: 'error',
  title: 'Part left open',
  why: 'output_text.done and content_part.done tell a client that a text is final, so that it can be shown, spoken or saved. Without them a part stays in its streaming state.',
  source:
    'Parts are closed before output_item.done in 368 of 368 (text) and 18 of 18 (summaries), arguments in 136 of 136 genuine streams (to Aug 2026).',
  breaks: 'Few clients fail; user interfaces keep showing the part as being written.',
  fix: 'Close in this order: output_text.done, content_part.done, output_item.done (the same for refusals, summaries and arguments).',
  silentAfter: [
    'item-id-announced',
    'item-added-once',
    'part-added-before-content',
    'part-index-sequence',
    'item-id-matches-index',
    'item-id-unique',
    'nothing-after-done',
    'lost-event',
  ],
  example: {
    good: { events: textStream() },
    bad: { events: without(textStream(), 'response.content_part.done') },
  },
  watches: ['part-done', 'item-done'],
  create: ({ report }) => ({
    event(facts) {
      const { item, spec } = facts;
      if (!item || !spec) return;
      if (spec.role === 'part-done' && facts.part && !facts.wasPartDone && !facts.wasItemDone) {
        const type = isObject(facts.json['part']) ? asString(facts.json['part']['type']) : undefined;
        if (type === undefined || facts.part.type === null || type === facts.part.type || facts.part.addedAt === null) return;
        report({
          facts,
          message: `The part was announced as ${facts.part.type} and is done as ${type}.`,
          expected: facts.part.type,
          actual: type,
        });
        return;
      }
      if (spec.role !== 'item-done' || facts.wasItemDone) return;
      const missing: string[] = [];
      for (const part of item.parts) {
        const where = `${part.group === 'summary' ? 'summary_index' : 'content_index'} ${part.index}`;
        const isAnnounced = part.addedAt !== null;
        if (part.contentDoneAt === null && (isAnnounced || part.deltaCount > 0)) missing.push(`${contentDoneOf(part.type)} for ${where}`);
        if (part.doneAt === null && isAnnounced)
          missing.push(`${part.group === 'summary' ? 'reasoning_summary_part.done' : 'content_part.done'} for ${where}`);
      }
      if (item.contentDoneAt === null && item.deltaCount > 0) {
        const name = {
          function_call: 'function_call_arguments.done',
          custom_tool_call: 'custom_tool_call_input.done',
          mcp_call: 'mcp_call_arguments.done',
        }[item.type ?? ''];
        if (name !== undefined) missing.push(name);
      }
      if (missing.length === 0) return;
      report({
        facts,
        message: `Item "${item.id}" is done, but there was no ${missing.join(' and no ')}.`,
        expected: missing,
        actual: null,
      });
    },
  }),
});

function contentDoneOf(type: string | null): string {
  if (type === 'refusal') return 'refusal.done';
  if (type === 'summary_text') return 'reasoning_summary_text.done';
  if (type === 'reasoning_text') return 'reasoning_text.done';
  return 'output_text.done';
}
