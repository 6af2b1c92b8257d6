/**
 * The content of messages and tool outputs (string or parts) as one neutral list, so that each upstream only
 * decides what a kind of part becomes, not how clients write it. Does not decide what is allowed.
 */
import { asArray, asObject, asString, type JsonObject } from '../../protocol/json.ts';
import { parseDataUrl, parseFileData, isDataUrl, type InlineData } from './data-url.ts';

export type ContentPart =
  | { type: 'text'; text: string; raw: JsonObject }
  | { type: 'refusal'; text: string; raw: JsonObject }
  | { type: 'image'; source: MediaSource; detail: string | null; raw: JsonObject }
  | { type: 'file'; source: MediaSource; filename: string | null; raw: JsonObject }
  | { type: 'unknown'; partType: string; raw: JsonObject };

/** `unreadable`: the part names no source, or data that is neither a data: URL nor base64. */
export type MediaSource =
  | ({ type: 'data' } & InlineData)
  | { type: 'url'; url: string }
  | { type: 'file-id'; fileId: string }
  | { type: 'unreadable' };

/** `content` of a message or `output` of a call output: a string, a list of parts, or nothing. */
export function parseContent(content: unknown): ContentPart[] {
  if (typeof content === 'string')
    return content === '' ? [] : [{ type: 'text', text: content, raw: { type: 'input_text', text: content } }];
  return asArray(content).map(toContentPart);
}

/** All text of a content, parts joined without a separator; other parts are passed over. */
export function textOf(content: unknown): string {
  return parseContent(content)
    .map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''))
    .join('');
}

function toContentPart(value: unknown): ContentPart {
  if (typeof value === 'string') return { type: 'text', text: value, raw: { type: 'input_text', text: value } };
  const raw = asObject(value);
  const type = asString(raw.type) ?? '';
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text':
      return { type: 'text', text: asString(raw.text) ?? '', raw };
    case 'refusal':
      return { type: 'refusal', text: asString(raw.refusal) ?? '', raw };
    case 'input_image':
    case 'image_url':
      return { type: 'image', source: toImageSource(raw), detail: asString(raw.detail) ?? null, raw };
    case 'input_file':
      return { type: 'file', source: toFileSource(raw), filename: asString(raw.filename) ?? null, raw };
    default:
      return { type: 'unknown', partType: type, raw };
  }
}

function toImageSource(raw: JsonObject): MediaSource {
  // Some clients still write Chat's nested form {image_url: {url}}.
  const url = asString(raw.image_url) ?? asString(asObject(raw.image_url).url);
  if (url !== undefined && url !== '') return toUrlSource(url);
  return toFileIdSource(raw);
}

function toFileSource(raw: JsonObject): MediaSource {
  const data = asString(raw.file_data);
  if (data !== undefined && data !== '') {
    const inline = parseFileData(data);
    return inline ? { type: 'data', ...inline } : { type: 'unreadable' };
  }
  const url = asString(raw.file_url);
  if (url !== undefined && url !== '') return toUrlSource(url);
  return toFileIdSource(raw);
}

function toUrlSource(url: string): MediaSource {
  if (!isDataUrl(url)) return { type: 'url', url };
  const inline = parseDataUrl(url);
  return inline ? { type: 'data', ...inline } : { type: 'unreadable' };
}

function toFileIdSource(raw: JsonObject): MediaSource {
  const fileId = asString(raw.file_id);
  return fileId ? { type: 'file-id', fileId } : { type: 'unreadable' };
}
