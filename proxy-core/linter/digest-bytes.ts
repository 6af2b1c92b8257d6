/** The bytes of an upstream's answer, streamed or whole, boiled down to what rules compare. */
import { createDigestReader, guessKind } from '../protocol/lint/upstream-digest/index.ts';
import type { UpstreamDigest } from '../protocol/lint/upstream-digest/digest.ts';
import { readFrames } from '../sse/frame-reader.ts';

/** The upstream's side; undefined when its format is not known (a JSON error body, say). */
export function digestBytes(bytes: Uint8Array): UpstreamDigest | undefined {
  const streamed = readFrames(bytes);
  // A whole JSON answer is one frame without the words around it.
  const frames = streamed.length > 0 ? streamed : [{ event: null, data: Buffer.from(bytes).toString('utf8') }];
  const kind = guessKind(frames);
  if (kind === undefined) return undefined;
  const reader = createDigestReader(kind);
  for (const frame of frames) reader.frame(frame, null);
  return reader.end();
}
