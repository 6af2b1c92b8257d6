/**
 * Message and tool-output parts as Anthropic blocks (mapping 1.6). A part whose content would vanish is
 * refused with a 400; blank text is left out, because Anthropic refuses it (mapping 1.4 rule 8).
 */
import { invalidRequest, type ProxyError } from '../../errors.ts';
import { asObject, asString, isObject } from '../../protocol/json.ts';
import { parseContent, type ContentPart } from '../shared/content-parts.ts';
import { toText } from '../shared/data-url.ts';
import type { Warning } from '../upstream.ts';
import type { DocumentBlockParam, ImageBlockParam, TextBlockParam } from './wire.ts';

export type InputBlock = TextBlockParam | ImageBlockParam | DocumentBlockParam;

export interface ContentContext {
  warnings: Warning[];
  /** Lifetime for breakpoints that name none: the request's `prompt_cache_options.ttl` or retention. */
  cacheTtl: string | undefined;
}

type ImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';
const IMAGE_TYPES: ReadonlySet<string> = new Set<ImageType>(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const TEXT_FILES = /\.(?:txt|md|markdown|csv|tsv|json|jsonl|xml|html?|ya?ml|toml|log|py|[cm]?[jt]sx?|css|sql|sh|rs|go|java|rb|c|h|cpp)$/i;

/** For user messages and tool outputs. */
export function toInputBlocks(content: unknown, context: ContentContext): InputBlock[] {
  return parseContent(content).flatMap((part) => toInputBlock(part, context));
}

/** For system text and assistant messages, where only text can stand; other parts are dropped with a warning. */
export function toTextBlocks(content: unknown, place: string, context: ContentContext): TextBlockParam[] {
  return parseContent(content).flatMap((part): TextBlockParam[] => {
    if (part.type === 'text' || part.type === 'refusal') return isBlank(part.text) ? [] : [toTextBlock(part.text, part, context)];
    const kind = part.type === 'unknown' ? part.partType : part.type;
    context.warnings.push({
      code: 'part_dropped',
      message: `A part of type ${kind} cannot stand in ${place}; it was left out.`,
      param: 'input',
    });
    return [];
  });
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

function toInputBlock(part: ContentPart, context: ContentContext): InputBlock[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return isBlank(part.text) ? [] : [toTextBlock(part.text, part, context)];
    case 'image':
      return [withCache(toImageBlock(part), part, context)];
    case 'file':
      return [withCache(toFileBlock(part), part, context)];
    case 'unknown':
      throw refused(`Content of type '${part.partType}' cannot be sent to an Anthropic upstream.`);
  }
}

function toTextBlock(text: string, part: ContentPart, context: ContentContext): TextBlockParam {
  return withCache({ type: 'text', text }, part, context);
}

function toImageBlock({ source }: Extract<ContentPart, { type: 'image' }>): ImageBlockParam {
  switch (source.type) {
    case 'data': {
      const mediaType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType;
      if (!isImageType(mediaType)) {
        throw refused(`Images of type ${mediaType ?? 'unknown'} are not supported; send JPEG, PNG, GIF or WebP.`);
      }
      return { type: 'image', source: { type: 'base64', media_type: mediaType, data: source.base64 } };
    }
    case 'url':
      return { type: 'image', source: { type: 'url', url: secureUrl(source.url, 'image_url') } };
    case 'file-id':
      return { type: 'image', source: { type: 'file', file_id: ownFileId(source.fileId) } };
    case 'unreadable':
      throw refused('An input_image has neither a readable image_url nor a file_id.');
  }
}

function toFileBlock(part: Extract<ContentPart, { type: 'file' }>): ImageBlockParam | DocumentBlockParam {
  const { source, filename } = part;
  const title = filename === null || filename === '' ? {} : { title: filename };
  switch (source.type) {
    case 'data': {
      const mediaType = source.mediaType ?? typeByName(filename);
      if (mediaType === 'application/pdf') {
        return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: source.base64 }, ...title };
      }
      if (isTextType(mediaType, filename)) {
        return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: toText(source) }, ...title };
      }
      if (mediaType?.startsWith('image/'))
        return toImageBlock({ type: 'image', source: { ...source, mediaType }, detail: null, raw: part.raw });
      throw refused(`Files of type ${mediaType ?? 'unknown'} are not supported; send a PDF, a text file or an image.`);
    }
    case 'url':
      return { type: 'document', source: { type: 'url', url: secureUrl(source.url, 'file_url') }, ...title };
    case 'file-id':
      return { type: 'document', source: { type: 'file', file_id: ownFileId(source.fileId) }, ...title };
    case 'unreadable':
      throw refused('An input_file has neither readable file_data nor a file_url nor a file_id.');
  }
}

/** `prompt_cache_breakpoint` on a part marks the end of a cached prefix. */
function withCache<Block extends InputBlock>(block: Block, part: ContentPart, context: ContentContext): Block {
  const breakpoint = part.raw.prompt_cache_breakpoint;
  if (!isObject(breakpoint)) return block;
  const ttl = asString(asObject(breakpoint).ttl) ?? context.cacheTtl;
  if (ttl === undefined) return { ...block, cache_control: { type: 'ephemeral' } };
  const sent = ttl === '12h' || ttl === '24h' ? '1h' : '5m';
  context.warnings.push({
    code: 'cache_ttl_changed',
    message: `A cache lifetime of ${ttl} was sent as ${sent}, the nearest that Anthropic has.`,
    param: 'input',
  });
  return { ...block, cache_control: { type: 'ephemeral', ttl: sent } };
}

function secureUrl(url: string, field: string): string {
  if (/^https:\/\//i.test(url)) return url;
  throw refused(`The ${field} must be an https or data: URL; Anthropic fetches nothing else.`);
}

/** Anthropic's ids begin with `file_`; OpenAI's (`file-…`) mean nothing there. */
function ownFileId(fileId: string): string {
  if (fileId.startsWith('file_')) return fileId;
  throw refused(`file_id '${fileId}' cannot be resolved by this upstream; send the file's data or a URL.`);
}

function isImageType(mediaType: string | null): mediaType is ImageType {
  return mediaType !== null && IMAGE_TYPES.has(mediaType);
}

function isTextType(mediaType: string | null, filename: string | null): boolean {
  if (mediaType === null || mediaType === 'application/octet-stream') return filename !== null && TEXT_FILES.test(filename);
  return mediaType.startsWith('text/') || /^application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson|sql|toml)$/.test(mediaType);
}

function typeByName(filename: string | null): string | null {
  return filename !== null && /\.pdf$/i.test(filename) ? 'application/pdf' : null;
}

function refused(message: string): ProxyError {
  return invalidRequest(message, 'input', 'unsupported_content');
}
