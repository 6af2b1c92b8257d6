/** What arrived in deltas is what the done events say. */
import { asString, isObject, type JsonObject } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, textStream } from '../example-streams.ts';
import type { EventFacts } from '../model/event-facts.ts';
import type { ItemState, PartState } from '../model/item-state.ts';
import { createTextDigest, isSameText, showText, type TextDigest } from '../model/text-digest.ts';

/** Call inputs by item type: the field of the item that the deltas add up to. */
const CALL_FIELDS: Readonly<Record<string, string>> = {
  function_call: 'arguments',
  custom_tool_call: 'input',
  mcp_call: 'arguments',
  code_interpreter_call: 'code',
};

export const deltasEqualDone = defineRule({
  id: 'deltas-equal-done',
  severity: 'error',
  title: 'Deltas and done disagree',
  why: 'Some clients keep the deltas, some the text of done, some the item. When they differ, what a user saw, what is stored and what goes into the next request are different answers.',
  source: 'Concatenated deltas = text.done = part = item in 368 of 368 (text) and 136 of 136 (arguments) genuine streams (to Aug 2026).',
  breaks: 'Nobody loudly: AI SDK shows the deltas, Codex and the Agents SDKs keep the item; a call runs with the wrong arguments.',
  fix: 'Collect the deltas where they are written, and fill text.done, content_part.done and output_item.done from that.',
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
    bad: { events: change(textStream(), 'response.output_text.done', { text: 'It is raining.' }) },
  },
  watches: (spec) => spec !== null && spec.role !== 'delta',
  create({ report }) {
    /**
     * A done that says more than its deltas may be followed by the rest, too late: that is another
     * rule's finding, so these wait for the end of the stream.
     */
    const waiting: { facts: EventFacts; item: ItemState; what: string; expected: TextDigest; actual: TextDigest }[] = [];
    const seen = new Set<string>();

    function check(
      facts: EventFacts,
      item: ItemState,
      where: { what: string; key: string },
      texts: { expected: TextDigest; actual: TextDigest },
    ): void {
      if (isSameText(texts.expected, texts.actual)) return;
      const once = `${item.number} ${where.key}`;
      if (seen.has(once)) return;
      seen.add(once);
      waiting.push({ facts, item, what: where.what, ...texts });
    }

    function flush(isEnd: boolean): void {
      for (const { facts, item, what, expected, actual } of waiting.splice(0)) {
        if (!isEnd && actual.length > expected.length) {
          waiting.push({ facts, item, what, expected, actual });
          continue;
        }
        report({
          facts,
          item,
          message:
            expected.length > 0 && actual.length === 0
              ? `${what} is empty, but the deltas before it are ${expected.length} characters long.`
              : `${what} differs from the deltas before it (${actual.length} and ${expected.length} characters).`,
          expected: showText(expected),
          actual: showText(actual),
        });
      }
    }

    return {
      event(facts) {
        const { item, spec } = facts;
        if (item && spec && !facts.wasItemDone) {
          if (spec.role === 'content-done') checkContentDone(facts, item);
          else if (spec.role === 'part-done') checkPartDone(facts, item);
          else if (spec.role === 'item-done') checkItemDone(facts, item);
          if (waiting.length > 0 && spec.role !== 'delta') flush(false);
        }
        if (facts.terminal) flush(true);
      },
      end: () => flush(true),
    };

    function checkContentDone(facts: EventFacts, item: ItemState): void {
      const text = asString(facts.json[facts.spec?.doneField ?? '']);
      if (text === undefined) return;
      const what = `${facts.type}.${facts.spec?.doneField}`;
      const actual = createTextDigest(text);
      if (facts.part) {
        if (facts.wasPartContentDone || facts.part.deltas.length === 0) return;
        check(facts, item, { what, key: keyOf(facts.part) }, { expected: facts.part.deltas, actual });
      } else if (!facts.wasContentDone && item.deltas.length > 0) {
        check(facts, item, { what, key: 'input' }, { expected: item.deltas, actual });
      }
    }

    function checkPartDone(facts: EventFacts, item: ItemState): void {
      const { part } = facts;
      if (!part || facts.wasPartDone || !isObject(facts.json['part'])) return;
      const text = textOf(facts.json['part']);
      const expected = part.doneText ?? part.deltas;
      if (text === undefined || expected.length === 0) return;
      check(facts, item, { what: `${facts.type}.part`, key: keyOf(part) }, { expected, actual: createTextDigest(text) });
    }

    function checkItemDone(facts: EventFacts, item: ItemState): void {
      const entry = facts.json['item'];
      if (!isObject(entry)) return;
      const field = CALL_FIELDS[item.type ?? ''];
      if (field !== undefined) {
        const expected = item.doneText ?? item.deltas;
        const text = asString(entry[field]);
        if (text === undefined || expected.length === 0) return;
        check(facts, item, { what: `output_item.done ${field}`, key: 'input' }, { expected, actual: createTextDigest(text) });
        return;
      }
      for (const part of item.parts) {
        const expected = part.doneText ?? part.deltas;
        const list = entry[part.group];
        // A missing list is required-fields' finding.
        if (expected.length === 0 || !Array.isArray(list)) continue;
        const found: unknown = list[part.index];
        const text = isObject(found) ? (textOf(found) ?? '') : '';
        const what = `output_item.done ${part.group}[${part.index}]`;
        check(facts, item, { what, key: keyOf(part) }, { expected, actual: createTextDigest(text) });
      }
    }
  },
});

function keyOf(part: PartState): string {
  return `${part.group} ${part.index}`;
}

function textOf(part: JsonObject): string | undefined {
  return asString(part['text']) ?? asString(part['refusal']);
}
