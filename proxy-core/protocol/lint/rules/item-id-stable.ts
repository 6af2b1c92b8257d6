/** An item keeps its id and type: announced, done and in the terminal output. */
import { asObject, asString } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import { namespaceHint } from '../model/id-names.ts';
import type { ItemState } from '../model/item-state.ts';

export const itemIdStable = defineRule({
  id: 'item-id-stable',
  severity: 'error',
  title: 'Item changes its id or type',
  why: 'Clients close an item by the id it was opened with, and send the id from the final output back in the next request. A changed id leaves the item open and the next turn refers to an item that nobody knows.',
  source:
    'responses-stream reference, identity rule 2; id and type are equal at added, done and in the terminal output in 513 of 513 genuine OpenAI streams (to Aug 2026).',
  breaks: 'AI SDK 5 and 6, @ai-sdk/open-responses, openai-node and openai-python responses.stream() ("output item identity changed").',
  fix: 'Build the final output from the same item records that the stream was written from.',
  silentAfter: ['item-added-once', 'item-id-unique'],
  example: {
    good: { events: textStream() },
    bad: { events: change(textStream(), 'response.output_item.done', { item: { id: 'msg_other' } }) },
  },
  watches: ['item-done', 'terminal'],
  create: ({ report }) => ({
    event(facts) {
      const { item } = facts;
      if (facts.spec?.role === 'item-done' && item && item.addedAt !== null && !facts.wasItemDone) {
        const entry = asObject(facts.json['item']);
        if (facts.itemId !== null && item.id !== null && facts.itemId !== item.id && !wasAlias(item, facts.itemId)) {
          report({
            facts,
            message: `The item announced as "${item.id}" is done as "${facts.itemId}"${namespaceHint(facts.itemId)}.`,
            expected: item.id,
            actual: facts.itemId,
          });
        } else if (item.type !== null && asString(entry['type']) !== undefined && entry['type'] !== item.type) {
          report({
            facts,
            message: `Item "${item.id}" was announced as ${item.type} and is done as ${String(entry['type'])}.`,
            expected: item.type,
            actual: entry['type'],
          });
        }
      }
      for (const { entry, item: streamed, position } of facts.terminal?.entries ?? []) {
        const id = asString(entry['id']);
        if (!streamed || streamed.addedAt === null || streamed.id === null || id === undefined) continue;
        if (id !== streamed.id) {
          if (wasAlias(streamed, id)) continue;
          report({
            facts,
            item: streamed,
            itemId: id,
            outputIndex: streamed.outputIndex,
            message: `Entry ${position} of the final output is "${id}"${namespaceHint(id)}, but the stream announced that item as "${streamed.id}".`,
            expected: streamed.id,
            actual: id,
          });
        } else if (streamed.type !== null && entry['type'] !== streamed.type) {
          report({
            facts,
            item: streamed,
            itemId: id,
            outputIndex: streamed.outputIndex,
            message: `Item "${id}" was announced as ${streamed.type} and is ${String(entry['type'])} in the final output.`,
            expected: streamed.type,
            actual: entry['type'],
          });
        }
      }
    },
  }),
});

/** The same wrong id was in earlier events of the item: that is item-id-announced's finding. */
function wasAlias(item: ItemState, id: string): boolean {
  return item.faults.has('item-id-announced') && item.aliases.has(id);
}
