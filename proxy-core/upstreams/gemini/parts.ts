/**
 * Content of messages and tool outputs as Gemini parts (mapping 1.6). What cannot be read is refused with the
 * reason: a question about a missing file would be answered wrong, not worse.
 */
import { invalidRequest } from '../../errors.ts';
import { asObject, asString } from '../../protocol/json.ts';
import { parseContent, type ContentPart, type MediaSource } from '../shared/content-parts.ts';
import { toText, type InlineData } from '../shared/data-url.ts';
import type { Warning } from '../upstream.ts';
import type { GeminiPart } from './wire.ts';

/** Parts in order; blank text is left out (an empty part is a 400). */
export function toParts(content: unknown, warnings: Warning[]): GeminiPart[] {
  return parseContent(content).flatMap((part) => {
    const made = toPart(part, warnings);
    return made ? [made] : [];
  });
}

function toPart(part: ContentPart, warnings: Warning[]): GeminiPart | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text.trim() === '' ? undefined : { text: part.text };
    case 'image':
      return toMediaPart(part.source, { kind: 'image', filename: null, warnings });
    case 'file':
      return toMediaPart(part.source, { kind: 'file', filename: part.filename, warnings });
    case 'unknown':
      return toAudioPart(part) ?? dropUnknown(part.partType, warnings);
  }
}

interface MediaOptions {
  kind: 'image' | 'file';
  filename: string | null;
  warnings: Warning[];
}

function toMediaPart(source: MediaSource, options: MediaOptions): GeminiPart {
  switch (source.type) {
    case 'data':
      return toInlinePart(source, options);
    case 'url':
      return toUrlPart(source.url, options);
    case 'file-id':
      if (!/^files\/[a-z0-9-]+$/.test(source.fileId)) {
        throw refuse(`The file_id ${source.fileId} cannot be resolved by Gemini; send the ${options.kind} itself as a data: URL.`);
      }
      return { fileData: { fileUri: `https://generativelanguage.googleapis.com/v1beta/${source.fileId}` } };
    case 'unreadable':
      throw refuse(`An input_${options.kind} holds no data that can be read; send it as a data: URL.`);
  }
}

function toInlinePart(data: InlineData, { kind, filename }: MediaOptions): GeminiPart {
  const mimeType = data.mediaType ?? typeByExtension(filename ?? '');
  if (mimeType === undefined) {
    throw refuse(`The media type of ${filename ?? `an input_${kind}`} cannot be told; send it as a data: URL that names it.`);
  }
  if (/^(image|audio|video|text)\//.test(mimeType) || mimeType === 'application/pdf') {
    return { inlineData: { mimeType, data: data.base64 } };
  }
  // Gemini takes no application/json, but it is text all the same.
  if (/[/+](json|xml|yaml|x-yaml|javascript|typescript|toml|x-sh|sql)$/.test(mimeType)) {
    return { text: filename ? `${filename}:\n${toText(data)}` : toText(data) };
  }
  throw refuse(`Gemini cannot read files of the type ${mimeType}${filename ? ` (${filename})` : ''}.`);
}

/** Gemini loads URLs itself: its Files API, YouTube, and public https addresses. */
function toUrlPart(url: string, { kind, filename, warnings }: MediaOptions): GeminiPart {
  if (!/^(https|gs):\/\//i.test(url)) throw refuse(`Gemini loads ${kind}s from https: addresses only, not from ${url.slice(0, 80)}.`);
  const isOwn = /^(gs:|https:\/\/generativelanguage\.googleapis\.com\/)/i.test(url);
  const mimeType = typeByExtension(filename ?? '') ?? typeByExtension(url.replace(/[?#].*$/, ''));
  if (isOwn || mimeType !== undefined) return { fileData: mimeType === undefined ? { fileUri: url } : { fileUri: url, mimeType } };
  const assumed = kind === 'image' ? 'image/jpeg' : 'application/pdf';
  warnings.push({
    code: 'media_type_assumed',
    param: 'input',
    message: `The address of an input_${kind} does not tell its media type; it was sent to Gemini as ${assumed}.`,
  });
  return { fileData: { fileUri: url, mimeType: assumed } };
}

function toAudioPart({ partType, raw }: { partType: string; raw: object }): GeminiPart | undefined {
  const audio = asObject(asObject(raw).input_audio);
  const data = asString(audio.data);
  return partType === 'input_audio' && data ? { inlineData: { mimeType: `audio/${asString(audio.format) ?? 'wav'}`, data } } : undefined;
}

function dropUnknown(partType: string, warnings: Warning[]): undefined {
  warnings.push({ code: 'unknown_part', param: 'input', message: `A content part of the type ${partType} is not known and was left out.` });
}

function refuse(message: string) {
  return invalidRequest(message, 'input', 'unsupported_parameter');
}

const EXTENSIONS: { [extension: string]: string } = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
};

function typeByExtension(name: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : EXTENSIONS[extension];
}
