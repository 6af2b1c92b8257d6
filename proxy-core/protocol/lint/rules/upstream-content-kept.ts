/** All content of the upstream arrives, in the upstream's order. */
import { isObject, parseJson } from '../../json.ts';
import { defineRule } from '../define-rule.ts';
import { textStream } from '../example-streams.ts';
import { canonicalJson } from '../model/hash-json.ts';
import { byOutputIndex } from '../model/match-terminal.ts';
import { mergeSegments, type ContentSegment } from '../model/segments.ts';
import { isSameText, showText } from '../model/text-digest.ts';
import { exampleDigest } from '../upstream-digest/example-digest.ts';

const NAMES = { text: 'text', reasoning: 'reasoning', tool: 'tool input' } as const;

export const upstreamContentKept = defineRule({
  id: 'upstream-content-kept',
  severity: 'error',
  title: 'Upstream content lost or reordered',
  why: 'A bridge must not swallow text, reasoning or tool input, nor change their order: what the model said before a call belongs before the call.',
  source:
    'The order of blocks is part of every upstream format (Anthropic Messages, Gemini parts, Chat Completions); measured on LiteLLM 1.83 and 1.109 (2026).',
  breaks: 'No client notices; the user reads less than the model wrote, and the next turn goes on from a wrong history.',
  fix: 'Make one output item per upstream block, in the order in which the blocks start.',
  example: {
    good: { events: textStream(), end: { upstream: exampleDigest(['It is sunny.']) } },
    bad: { events: textStream(), end: { upstream: exampleDigest(['It is sunny.', ' Take a hat.']) } },
  },
  create: ({ report, model }) => ({
    end({ upstream, cause }) {
      if (!upstream || cause === 'client-gone' || model.eventCount === 0) return;
      const wanted = mergeSegments(upstream.segments);
      const given = mergeSegments(model.items.toSorted(byOutputIndex).flatMap((item) => item.segments));
      let at = 0;
      const lost = wanted.find((segment) => {
        const found = given.findIndex((candidate, index) => index >= at && isSameSegment(segment, candidate));
        if (found < 0) return true;
        at = found + 1;
        return false;
      });
      if (!lost) return;
      const isMoved = given.some((candidate) => isSameSegment(lost, candidate));
      const position = wanted.indexOf(lost);
      report({
        item: null,
        message: isMoved
          ? `The upstream's ${NAMES[lost.kind]} (block ${position}) arrives in another order than the upstream sent it.`
          : `The upstream's ${NAMES[lost.kind]} (block ${position}, ${lost.text.length} characters) does not arrive as it was sent.`,
        expected: wanted.map(show),
        actual: given.map(show),
      });
    },
  }),
});

function isSameSegment(upstream: ContentSegment, emitted: ContentSegment): boolean {
  if (isSameText(upstream.text, emitted.text)) return upstream.kind === emitted.kind || upstream.kind === 'tool';
  if (upstream.kind !== 'tool' || emitted.kind !== 'tool') return false;
  // Arguments that the upstream sent in pieces of its own form were not put together.
  if (upstream.input === null || emitted.input === null) return true;
  const left = parseJson(upstream.input === '' ? '{}' : upstream.input);
  if (left === undefined) return false;
  // Custom tools take plain text, which travels as {"input": "…"} where only JSON tools exist.
  if (isObject(left) && left['input'] === emitted.input) return true;
  const right = parseJson(emitted.input === '' ? '{}' : emitted.input);
  return right !== undefined && canonicalJson(left) === canonicalJson(right);
}

function show(segment: ContentSegment): string {
  return `${segment.kind}: ${showText(segment.text).slice(0, 120)}`;
}
