/** Content arrives in deltas, not only in done. */
import { asString, isObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream, without } from '../example-streams.ts';
import type { ItemState } from '../model/item-state.ts';

export const contentHasDeltas = defineRule({
  id: 'content-has-deltas',
  severity: 'warning',
  title: 'Content only in done',
  why: 'Most streaming clients build the answer from deltas and ignore the text of done. Content that comes only there is missing from what they show.',
  source:
    'Every non-empty text and every call has deltas in 516 genuine streams (to Aug 2026). LM Studio sends none for arguments, so this is only a warning.',
  breaks: 'All AI SDK versions, openai-node responses.stream() and most others show an empty answer; Codex reads it from the item.',
  fix: 'Send at least one delta with the whole content before its done event.',
  silentAfter: [
    'item-id-announced',
    'item-added-once',
    'part-added-before-content',
    'lost-event',
    'nothing-after-done',
    'item-id-unique',
    'item-id-matches-index',
    'part-index-sequence',
  ],
  example: {
    good: { events: textStream() },
    bad: { events: without(textStream(), 'response.output_text.delta') },
  },
  watches: ['content-done', 'item-done'],
  create: ({ report }) => ({
    event(facts) {
      const { item, spec, part } = facts;
      if (!item || !spec || facts.wasItemDone) return;
      if (spec.role === 'content-done') {
        const text = asString(facts.json[spec.doneField ?? '']) ?? '';
        const isCall = spec.channel === 'arguments' || spec.channel === 'input';
        if (text === '' || (!part && (!isCall || item.type === 'mcp_call'))) return;
        if (part ? part.deltaCount > 0 || facts.wasPartContentDone : item.deltaCount > 0 || facts.wasContentDone) return;
        report({
          facts,
          message: `${facts.type} brings ${text.length} characters that no delta had brought.`,
          expected: 'deltas',
          actual: 0,
        });
        return;
      }
      if (spec.role !== 'item-done' || !isObject(facts.json['item'])) return;
      const length = unstreamedLength(item, facts.json['item']);
      if (length === 0) return;
      report({
        facts,
        message: `output_item.done of "${item.id}" brings ${length} characters that no earlier event had brought.`,
        expected: 'deltas',
        actual: 0,
      });
    },
  }),
});

/** Characters of an item that came with neither deltas nor a done event of their own. */
function unstreamedLength(item: ItemState, entry: Record<string, unknown>): number {
  if (item.type === 'function_call' || item.type === 'custom_tool_call') {
    if (item.deltaCount > 0 || item.doneText !== null) return 0;
    return (asString(entry['arguments']) ?? asString(entry['input']) ?? '').length;
  }
  if (item.type !== 'message' || item.parts.some((part) => part.deltaCount > 0 || part.doneText !== null)) return 0;
  const parts = Array.isArray(entry['content']) ? entry['content'].filter(isObject) : [];
  return parts.reduce((sum, part) => sum + (asString(part['text']) ?? asString(part['refusal']) ?? '').length, 0);
}
