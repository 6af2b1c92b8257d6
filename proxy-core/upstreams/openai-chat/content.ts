/**
 * Message parts as Chat content (mapping 1.6): a string where there is only text, since many servers take
 * nothing else. A part whose content would vanish is refused with a 400.
 */
import { invalidRequest, type ProxyError } from '../../errors.ts';
import { parseContent, type ContentPart } from '../shared/content-parts.ts';
import { toText } from '../shared/data-url.ts';
import type { Warning } from '../upstream.ts';
import type { ChatProfile } from './profiles.ts';
import type { ChatPart, ImagePart } from './wire.ts';

export interface ContentContext {
  profile: ChatProfile;
  warnings: Warning[];
}

export function toChatParts(content: unknown, context: ContentContext): ChatPart[] {
  return parseContent(content).flatMap((part): ChatPart[] => {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return isBlank(part.text) ? [] : [{ type: 'text', text: part.text }];
      case 'image':
        return [toImagePart(part, context)];
      case 'file':
        return [toFilePart(part, context)];
      case 'unknown':
        throw refused(`Content of type '${part.partType}' cannot be sent to a Chat Completions upstream.`);
    }
  });
}

/** Text parts alone become one string. */
export function joinIfText(parts: ChatPart[]): string | ChatPart[] {
  const texts = parts.map((part) => (part.type === 'text' ? part.text : undefined));
  return texts.every((text) => text !== undefined) ? texts.join('\n') : parts;
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

function toImagePart({ source, detail }: Extract<ContentPart, { type: 'image' }>, { profile }: ContentContext): ImagePart {
  // `original` is a detail that Chat Completions does not have.
  const level: { detail?: 'auto' | 'low' | 'high' } = detail === 'low' || detail === 'high' || detail === 'auto' ? { detail } : {};
  switch (source.type) {
    case 'data':
      if (!source.mediaType?.startsWith('image/')) throw refused(`An input_image holds data of type ${source.mediaType ?? 'unknown'}.`);
      return { type: 'image_url', image_url: { url: toDataUrl(source.mediaType, source.base64), ...level } };
    case 'url':
      if (!profile.takesImageUrls) throw refused('This server does not download images; send the image as a data: URL.');
      return { type: 'image_url', image_url: { url: source.url, ...level } };
    case 'file-id':
      throw refused(`file_id '${source.fileId}' cannot be resolved by this upstream; send the image's data or a URL.`);
    case 'unreadable':
      throw refused('An input_image has neither a readable image_url nor a file_id.');
  }
}

function toFilePart(part: Extract<ContentPart, { type: 'file' }>, context: ContentContext): ChatPart {
  const { source, filename } = part;
  const { files } = context.profile;
  switch (source.type) {
    case 'data': {
      const mediaType = source.mediaType ?? (filename?.toLowerCase().endsWith('.pdf') ? 'application/pdf' : null);
      if (isText(mediaType, filename)) {
        const name = filename ?? 'a file';
        context.warnings.push({ code: 'file_as_text', message: `The text of ${name} was put into the message.`, param: 'input' });
        return { type: 'text', text: `${filename ?? 'File'}:\n${toText(source)}` };
      }
      if (mediaType?.startsWith('image/'))
        return toImagePart({ ...part, type: 'image', source: { ...source, mediaType }, detail: null }, context);
      if (mediaType === 'application/pdf' && files !== 'none') {
        return { type: 'file', file: { filename: filename ?? 'file.pdf', file_data: toDataUrl(mediaType, source.base64) } };
      }
      throw refused(`Files of type ${mediaType ?? 'unknown'} cannot be sent to this upstream.`);
    }
    case 'url':
      throw refused('A file_url cannot be sent to a Chat Completions upstream; send the file as file_data.');
    case 'file-id':
      if (files === 'data-and-ids') return { type: 'file', file: { file_id: source.fileId } };
      throw refused(`file_id '${source.fileId}' cannot be resolved by this upstream; send the file as file_data.`);
    case 'unreadable':
      throw refused('An input_file has neither readable file_data nor a file_url nor a file_id.');
  }
}

function isText(mediaType: string | null, filename: string | null): boolean {
  if (mediaType === null || mediaType === 'application/octet-stream')
    return /\.(?:txt|md|csv|json|xml|html?|ya?ml|log)$/i.test(filename ?? '');
  return mediaType.startsWith('text/') || /^application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson|sql|toml)$/.test(mediaType);
}

function toDataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}

function refused(message: string): ProxyError {
  return invalidRequest(message, 'input', 'unsupported_content');
}
