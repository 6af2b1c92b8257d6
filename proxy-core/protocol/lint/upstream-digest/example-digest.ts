/** A digest of a finished text answer, for examples and tests. */
import { appendToSegment, createSegment } from '../model/segments.ts';
import type { UpstreamDigest } from './digest.ts';

export function exampleDigest(texts: string[]): UpstreamDigest {
  const segments = texts.map((text) => {
    const segment = createSegment('text');
    appendToSegment(segment, text);
    return segment;
  });
  return { ...emptyDigest('anthropic'), finished: true, hasUsage: true, segments };
}

export function emptyDigest(kind: UpstreamDigest['kind']): UpstreamDigest {
  return {
    kind,
    finished: false,
    cut: false,
    error: false,
    lengthStop: false,
    filtered: false,
    hasUsage: false,
    hasBadToolInput: false,
    segments: [],
    arrivals: null,
    findings: null,
  };
}
