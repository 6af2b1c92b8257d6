/** The bytes of an answer, streamed or whole, to what can be compared of it. */
import { asArray, isObject, parseJson, parseJsonObject, type JsonObject } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { toAnswerFacts, type AnswerFacts } from './gateway-call-facts.ts';

export function readAnswerFacts(bytes: Uint8Array): AnswerFacts {
  const payloads = readFrames(bytes).flatMap(({ data }): JsonObject[] => {
    const payload = parseJsonObject(data);
    return payload ? [payload] : [];
  });
  if (payloads.length > 0) return toAnswerFacts(payloads);
  const whole = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  // Gemini without `alt=sse` streams an array.
  return toAnswerFacts(isObject(whole) ? [whole] : asArray(whole).flatMap((one) => (isObject(one) ? [one] : [])));
}
