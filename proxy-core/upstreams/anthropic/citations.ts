/**
 * Anthropic's citations as Responses annotations. A citation names its source, not its place in the answer:
 * it belongs to the whole block, so the block's range is what it gets.
 */
import { asNumber, asObject, asString, type JsonObject } from '../../protocol/json.ts';

/** @param start and end: the block's range in the item's text, in UTF-16 units. */
export function toAnnotations(citations: unknown[], start: number, end: number): JsonObject[] {
  return citations.map((value) => {
    const citation = asObject(value);
    const url = asString(citation.url) ?? asString(citation.source);
    if (url !== undefined && /^https?:\/\//i.test(url)) {
      return { type: 'url_citation', url, title: asString(citation.title) ?? '', start_index: start, end_index: end };
    }
    const filename = asString(citation.document_title) ?? asString(citation.title) ?? '';
    const index = asNumber(citation.document_index) ?? asNumber(citation.search_result_index) ?? 0;
    return { type: 'file_citation', index, file_id: asString(citation.file_id) ?? '', filename };
  });
}
