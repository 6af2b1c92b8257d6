/**
 * Gemini's groundingMetadata as annotations of the text they belong to. Gemini counts UTF-8 bytes over all
 * text of the answer (measured on recorded streams: `segment.text` fits only so); annotations count UTF-16
 * units within their own message.
 */
import { asArray, asNumber, asObject, asString, type JsonObject } from '../../protocol/json.ts';

export interface TextSpan {
  /** All text of the answer so far, thoughts excluded. */
  answer: string;
  /** Where the message begins in it, in UTF-16 units; it reaches to the end. */
  start: number;
}

export interface Citations {
  annotations: JsonObject[];
  /** Supports that point into text which is not in this message. */
  missed: number;
}

export function toAnnotations(grounding: JsonObject, span: TextSpan): Citations {
  const chunks = asArray(grounding.groundingChunks).map(asObject);
  const citations: Citations = { annotations: [], missed: 0 };
  for (const support of asArray(grounding.groundingSupports).map(asObject)) {
    const segment = asObject(support.segment);
    const start = toUtf16Index(span.answer, asNumber(segment.startIndex) ?? 0);
    const end = toUtf16Index(span.answer, asNumber(segment.endIndex) ?? 0);
    if (start < span.start || end <= start) {
      citations.missed += 1;
      continue;
    }
    for (const index of asArray(support.groundingChunkIndices)) {
      const annotation = toAnnotation(asObject(chunks[asNumber(index) ?? -1]), start - span.start, end - span.start);
      if (annotation) citations.annotations.push(annotation);
      else citations.missed += 1;
    }
  }
  return citations;
}

function toAnnotation(chunk: JsonObject, start: number, end: number): JsonObject | undefined {
  const source = asObject(chunk.web ?? chunk.retrievedContext ?? chunk.maps);
  const url = asString(source.uri);
  const title = asString(source.title) ?? '';
  if (url && /^https?:/i.test(url)) return { type: 'url_citation', url, title, start_index: start, end_index: end };
  const filename = title || asString(source.documentName) || asString(source.fileSearchStore);
  return filename ? { type: 'file_citation', index: end, file_id: asString(source.documentName) ?? '', filename } : undefined;
}

/** The UTF-16 index of a UTF-8 byte offset; inside a character it is that character's start. */
export function toUtf16Index(text: string, byteOffset: number): number {
  let bytes = 0;
  let index = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > byteOffset) return index;
    index += char.length;
  }
  return index;
}
