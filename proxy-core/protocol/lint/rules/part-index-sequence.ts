/** content_index, summary_index and annotation_index count from 0. */
import { asNumber } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { change, reasoningStream } from '../example-streams.ts';
import type { EventFacts } from '../model/event-facts.ts';
import type { PartState } from '../model/item-state.ts';

export const partIndexSequence = defineRule({
  id: 'part-index-sequence',
  severity: 'error',
  title: 'Part index skipped or reused',
  why: 'Parts and annotations are kept in lists by their index. A skipped index leaves a hole, a reused one overwrites what was there.',
  source: 'content_index 368 of 368, summary_index 18 of 18, annotation_index 17 of 17 genuine streams (to Aug 2026).',
  breaks: 'openai-node and openai-python responses.stream(); AI SDK keys reasoning by summary_index.',
  fix: 'Count parts per item and annotations per part, from 0.',
  silentAfter: ['item-id-announced', 'item-added-once', 'part-added-before-content', 'nothing-after-done', 'item-id-unique'],
  example: {
    good: { events: reasoningStream() },
    bad: {
      events: [
        'response.reasoning_summary_part.added',
        'response.reasoning_summary_text.delta',
        'response.reasoning_summary_text.done',
        'response.reasoning_summary_part.done',
      ].reduce((events, type) => change(events, type, { summary_index: 1 }), reasoningStream()),
    },
  },
  watches: ['part-added', 'annotation'],
  create({ report }) {
    /** Where the next annotation of a part should be, after a skipped index counted on from there. */
    const nextAnnotation = new Map<PartState, number>();
    return { event };
    function event(facts: EventFacts): void {
      const { part, spec } = facts;
      if (!part || !spec || facts.wasItemDone) return;
      if (spec.role === 'part-added') {
        const field = part.group === 'summary' ? 'summary_index' : 'content_index';
        const isRepeated = facts.wasPartKnown && !facts.wasPartDone;
        if (part.index === facts.nextPartIndex && !isRepeated) return;
        if (facts.wasPartDone) return;
        report({
          facts,
          message: isRepeated
            ? `${field} ${part.index} is announced again; event ${part.addedAt ?? 'before'} had opened it.`
            : `${field} is ${part.index}; the next one of this item should be ${facts.nextPartIndex}.`,
          expected: facts.nextPartIndex,
          actual: part.index,
        });
        return;
      }
      if (spec.role !== 'annotation') return;
      const given = asNumber(facts.json['annotation_index']);
      const expected = nextAnnotation.get(part) ?? 0;
      nextAnnotation.set(part, (given ?? expected) + 1);
      if (given === undefined || given === expected) return;
      report({ facts, message: `annotation_index is ${given}; the next one of this part should be ${expected}.`, expected, actual: given });
    }
  },
});
