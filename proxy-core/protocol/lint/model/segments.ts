/**
 * The content of an answer as an ordered list of text, reasoning and tool input: the form in which both
 * sides of a bridge can be compared. Neighbours of one kind are one segment (bridges may merge blocks),
 * empty ones do not count.
 */
import { appendText, createTextDigest, joinTexts, type TextDigest } from './text-digest.ts';

export type SegmentKind = 'text' | 'reasoning' | 'tool';

export interface ContentSegment {
  kind: SegmentKind;
  text: TextDigest;
  /** Tool input in full up to a limit, because it is compared as JSON; null for the other kinds, and when it is not known. */
  input: string | null;
  toolName: string | null;
}

const INPUT_LIMIT = 1_000_000;

export function createSegment(kind: SegmentKind, toolName: string | null = null): ContentSegment {
  return { kind, text: createTextDigest(), input: kind === 'tool' ? '' : null, toolName };
}

export function appendToSegment(segment: ContentSegment, text: string): void {
  appendText(segment.text, text);
  if (segment.input !== null && segment.input.length < INPUT_LIMIT) segment.input += text;
}

export function mergeSegments(segments: readonly ContentSegment[]): ContentSegment[] {
  const merged: ContentSegment[] = [];
  for (const segment of segments) {
    const last = merged.at(-1);
    if (segment.kind === 'tool') merged.push(segment);
    else if (segment.text.length === 0) continue;
    else if (last?.kind === segment.kind) merged[merged.length - 1] = { ...last, text: joinTexts(last.text, segment.text) };
    else merged.push(segment);
  }
  return merged;
}
