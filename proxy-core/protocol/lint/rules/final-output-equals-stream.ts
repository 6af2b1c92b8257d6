/** The terminal output is what was streamed: the done items, in order. */
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import { hashJson } from '../model/hash-json.ts';
import type { JsonObject } from '../../json.ts';
import type { ItemState } from '../model/item-state.ts';
import { CIPHERTEXT_KEYS } from '../model/stream-model.ts';
import { isSameText, showText } from '../model/text-digest.ts';

/** Fields with rules of their own. */
const OWN_RULES = new Set(['id', 'type', 'call_id', 'name']);
/** An item with one of these findings is known to be wrong; that its final form differs follows from it. */
const EXPLAINED = [
  'deltas-equal-done',
  'item-id-announced',
  'item-added-once',
  'nothing-after-done',
  'lost-event',
  'item-id-unique',
  'item-id-stable',
];

export const finalOutputEqualsStream = defineRule({
  id: 'final-output-equals-stream',
  severity: 'error',
  title: 'Final output differs from the stream',
  why: 'Agent frameworks act on the output of response.completed and ignore the stream; others do the reverse. When the two differ, they see different answers.',
  source:
    'Equal (ciphertexts apart) in 513 of 513 genuine streams (to Aug 2026); encrypted_content and fingerprint are made anew each time and are not compared.',
  breaks:
    'With an empty output openai-node and openai-python return an empty answer, and the Agents SDK for JavaScript loops to its turn limit.',
  fix: 'Fill the terminal output from the items as they were written to the stream.',
  example: {
    good: { events: textStream() },
    bad: {
      events: change(textStream(), 'response.completed', { response: { output: [] } }),
    },
  },
  watches: ['terminal'],
  create: ({ report, model }) => ({
    event(facts) {
      const { terminal } = facts;
      if (!terminal?.hasOutput) return;
      // A failed response need not repeat what was streamed before it failed.
      if (facts.type === 'response.failed' && terminal.entries.length === 0) return;
      const problem = missing() ?? (model.isResumed ? undefined : extra()) ?? order() ?? content();
      if (problem) report({ facts, item: null, group: 'stream', ...problem });

      function missing(): Problem | undefined {
        const [item] = terminal?.missing ?? [];
        if (!item) return undefined;
        return {
          message: `The final output has ${terminal?.entries.length ?? 0} items; item "${item.id ?? [...item.aliases][0]}" (${item.type}, done in event ${item.doneAt}) is not among them.`,
          itemId: item.id,
          outputIndex: item.outputIndex,
          expected: model.items.filter((other) => other.doneAt !== null).map(nameOf),
          actual: terminal?.entries.map(({ entry }) => entry['id'] ?? null),
        };
      }
      function extra(): Problem | undefined {
        const row = terminal?.entries.find((candidate) => candidate.item === null);
        if (!row) return undefined;
        return {
          message: `Entry ${row.position} of the final output (${String(row.entry['type'])} "${String(row.entry['id'])}") was never in the stream.`,
          expected: model.items.map(nameOf),
          actual: row.entry['id'] ?? null,
        };
      }
      function order(): Problem | undefined {
        // Where the indexes are wrong themselves there is no order to compare.
        if (model.items.some((item) => item.faults.has('output-index-sequence') || item.outputIndex === null)) return undefined;
        const streamed = (terminal?.entries ?? []).map(({ item }) => item?.outputIndex ?? 0);
        if (streamed.every((value, at) => at === 0 || value >= (streamed[at - 1] ?? 0))) return undefined;
        return {
          message: 'The final output lists the items in another order than the stream.',
          expected: streamed.toSorted((a, b) => a - b),
          actual: streamed,
        };
      }
      function content(): Problem | undefined {
        for (const { entry, item, position } of terminal?.entries ?? []) {
          if (!item?.doneFields || EXPLAINED.some((rule) => item.faults.has(rule))) continue;
          const field = differingField(entry, item);
          if (field === undefined) continue;
          const streamed = item.doneFields.get(field);
          return {
            message: `${field} of entry ${position} of the final output differs from the same item in output_item.done (event ${item.doneAt}).`,
            itemId: item.id,
            outputIndex: item.outputIndex,
            expected: streamed ? showText(streamed) : null,
            actual: entry[field] ?? null,
          };
        }
        return undefined;
      }
    },
  }),
});

const NULL = hashJson(null);
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  message: ['content'],
  reasoning: ['summary'],
};

interface Problem {
  message: string;
  itemId?: string | null;
  outputIndex?: number | null;
  expected: unknown;
  actual: unknown;
}

function nameOf(item: ItemState): string | null {
  return item.id ?? [...item.aliases][0] ?? null;
}

function differingField(entry: JsonObject, item: ItemState): string | undefined {
  const keys = new Set([...Object.keys(entry), ...(item.doneFields?.keys() ?? [])]);
  for (const key of keys) {
    if (OWN_RULES.has(key) || CIPHERTEXT_KEYS.has(key)) continue;
    const streamed = item.doneFields?.get(key);
    const value = entry[key];
    if (value === undefined && streamed === undefined) continue;
    const isMissing = value === undefined || value === null || streamed === undefined || isSameText(streamed, NULL);
    if (isMissing) {
      // A needed field is required-fields' finding; of the others only content matters.
      const isNeeded = NEEDED[item.type ?? '']?.includes(key) === true;
      if (!isNeeded && (key === 'content' || key === 'summary')) return key;
      continue;
    }
    if (!isSameText(hashJson(value, CIPHERTEXT_KEYS), streamed)) return key;
  }
  return undefined;
}
