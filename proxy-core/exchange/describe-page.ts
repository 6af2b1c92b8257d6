/** Error pages of what stands in front of an API, as a sentence: their HTML is no use to anybody. */
const HTML = /^\uFEFF?\s*(<!doctype html|<html|<head|<body)/i;
const TITLE = /<(title|h1)\b[^>]*>([\s\S]*?)<\/\1>/i;
const MAX_TITLE = 120;

/** Undefined for a body that is no HTML page. */
export function describePage(body: string): string | undefined {
  if (!HTML.test(body)) return undefined;
  const title = (TITLE.exec(body)?.[2] ?? '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const named = title === '' ? 'an HTML page' : `an HTML page titled "${title.slice(0, MAX_TITLE)}"`;
  return `Instead of the API something in front of it answered, with ${named}. Check baseURL, and what lies between.`;
}
