/**
 * `data:` URLs and bare base64 as clients really send them: `;base64` or the media type may be missing, and
 * `file_data` may be base64 without any prefix. Gives one form: a media type (or null) and plain base64.
 */
export interface InlineData {
  /** Lower case, without parameters; null when neither the URL nor the first bytes tell. */
  mediaType: string | null;
  base64: string;
}

export function isDataUrl(text: string): boolean {
  return /^data:/i.test(text);
}

/** Returns undefined for text that is not a data: URL at all. */
export function parseDataUrl(text: string): InlineData | undefined {
  const match = /^data:([^,]*),([\s\S]*)$/i.exec(text);
  if (!match) return undefined;
  const [mediaTypePart = '', ...parameters] = (match[1] ?? '').split(';').map((part) => part.trim());
  const payload = match[2] ?? '';
  const isBase64 =
    parameters.some((parameter) => parameter.toLowerCase() === 'base64') || (!/^text\//i.test(mediaTypePart) && looksLikeBase64(payload));
  const base64 = isBase64 ? toPlainBase64(payload) : Buffer.from(decodePercent(payload), 'utf8').toString('base64');
  return { mediaType: mediaTypePart.includes('/') ? mediaTypePart.toLowerCase() : sniffMediaType(base64), base64 };
}

/** `file_data`: a data: URL or bare base64. Undefined when it is neither. */
export function parseFileData(text: string): InlineData | undefined {
  if (isDataUrl(text)) return parseDataUrl(text);
  if (!looksLikeBase64(text)) return undefined;
  const base64 = toPlainBase64(text);
  return { mediaType: sniffMediaType(base64), base64 };
}

export function toText(data: InlineData): string {
  return Buffer.from(data.base64, 'base64').toString('utf8');
}

/** By the first bytes; only the types that upstreams accept. */
function sniffMediaType(base64: string): string | null {
  for (const [start, mediaType] of SIGNATURES) if (base64.startsWith(start)) return mediaType;
  return null;
}
const SIGNATURES: [string, string][] = [
  ['JVBERi', 'application/pdf'],
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
];

function looksLikeBase64(text: string): boolean {
  const compact = text.replace(/\s+/g, '');
  return compact.length >= 8 && compact.length % 4 !== 1 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(compact);
}

function toPlainBase64(text: string): string {
  const compact = decodePercent(text).replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return compact + '='.repeat((4 - (compact.length % 4)) % 4);
}

function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % in plain text: take it as it stands
  }
}
