/** What a request says about the conversation it belongs to: ids, keys, title. Only reads; ./link-session.ts decides. */
import type { HeaderList } from '../protocol/capture/tap-event.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../protocol/json.ts';

const SESSION_HEADERS = [
  'session_id',
  'session-id',
  'conversation_id',
  'conversation-id',
  'thread_id',
  'thread-id',
  'x-session-id',
  'x-conversation-id',
  'x-thread-id',
  'x-litellm-session-id',
];
const MAX_IDS = 200;
const TITLE_LENGTH = 80;

/** Ids of items in the input, newest first: references, and items that came from an earlier answer. */
export function itemIdsOf(body: JsonObject): string[] {
  return idsOf(body, (item) => asString(item['id']));
}

/** Call ids in the input, newest first, without those that every conversation has (`call_0`). */
export function callIdsOf(body: JsonObject): string[] {
  return idsOf(body, (item) => asString(item['call_id'])).filter(isTellingCallId);
}

export function isTellingCallId(callId: string): boolean {
  return callId.length >= 12;
}

function idsOf(body: JsonObject, idOf: (item: JsonObject) => string | undefined): string[] {
  const items = asArray(body['input']).slice(-MAX_IDS).toReversed();
  return [...new Set(items.flatMap((item) => idOf(asObject(item)) ?? []))];
}

export interface SessionKey {
  /** Where it stood, for the reader. */
  source: string;
  value: string;
}

/** Keys that name a conversation outright. */
export function explicitKeysOf(body: JsonObject, headers: HeaderList): SessionKey[] {
  const keys: SessionKey[] = [];
  const add = (source: string, value: unknown) => {
    if (typeof value === 'string' && value !== '' && value.length <= 512) keys.push({ source, value });
  };
  const { conversation } = body;
  add('conversation', isObject(conversation) ? conversation['id'] : conversation);
  const byName = new Map(headers.toReversed().map(([name, value]) => [name.toLowerCase(), value]));
  for (const name of SESSION_HEADERS) add(`header ${name}`, byName.get(name));
  add('metadata.session_id', asObject(body['metadata'])['session_id']);
  return keys;
}

/** A hint only: many programs give all their conversations the same one. */
export function cacheKeyOf(body: JsonObject): SessionKey | undefined {
  const value = asString(body['prompt_cache_key']);
  return value === undefined || value === '' ? undefined : { source: 'prompt_cache_key', value };
}

/** The first words of the user's last message, for a title; empty when there are none. */
export function titleOf(body: JsonObject): string {
  const input = body['input'] ?? body['messages'] ?? body['contents'];
  if (typeof input === 'string') return shorten(input);
  const users = asArray(input)
    .map(asObject)
    .filter((item) => item['role'] === 'user');
  for (const message of users.toReversed()) {
    const title = shorten(textOf(message['content'] ?? message['parts']));
    if (title !== '') return title;
  }
  return '';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .flatMap((part) => asString(asObject(part)['text']) ?? [])
    .join(' ');
}

function shorten(text: string): string {
  const words = text.slice(0, 2_000).replace(/\s+/g, ' ').trim();
  if (words.length <= TITLE_LENGTH) return words;
  const cut = words.slice(0, TITLE_LENGTH);
  const space = cut.lastIndexOf(' ');
  return `${space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut}…`;
}
