/**
 * What an event's type says about its place in the lifecycle: which mark the timeline draws and which
 * kind of item it speaks of. Works on type names only, so that it holds for broken streams too.
 */
export type ItemKind = 'reasoning' | 'message' | 'call' | 'response' | 'other';

/** Marks of the timeline; numbers because they live in a Uint8Array. */
export const MARK = {
  other: 0,
  created: 1,
  progress: 2,
  terminal: 3,
  itemOpen: 4,
  itemClose: 5,
  partOpen: 6,
  partDone: 7,
  textDone: 8,
  delta: 9,
  ping: 10,
  error: 11,
} as const;
export type Mark = (typeof MARK)[keyof typeof MARK];

const RESPONSE_MARKS: Record<string, Mark> = {
  'response.created': MARK.created,
  'response.queued': MARK.progress,
  'response.in_progress': MARK.progress,
  'response.completed': MARK.terminal,
  'response.incomplete': MARK.terminal,
  'response.failed': MARK.terminal,
  error: MARK.error,
  keepalive: MARK.ping,
  ping: MARK.ping,
};

/** The mark for an event type; unknown types get `other`. */
export function toMark(type: string): Mark {
  const known = RESPONSE_MARKS[type];
  if (known !== undefined) return known;
  if (type === 'response.output_item.added') return MARK.itemOpen;
  if (type === 'response.output_item.done') return MARK.itemClose;
  if (type.endsWith('_part.added')) return MARK.partOpen;
  if (type.endsWith('_part.done')) return MARK.partDone;
  if (type.endsWith('.delta')) return MARK.delta;
  if (type.endsWith('.done')) return MARK.textDone;
  return MARK.other;
}

/** The kind of item an event type belongs to; `other` when the type does not tell (item and part events). */
export function toEventKind(type: string): ItemKind {
  if (RESPONSE_MARKS[type] !== undefined) return 'response';
  if (type.startsWith('response.output_text') || type.startsWith('response.refusal')) return 'message';
  if (type.startsWith('response.reasoning')) return 'reasoning';
  if (
    /^response\.(function_call|custom_tool_call|mcp_|web_search|file_search|code_interpreter|image_generation|shell|apply_patch|computer)/.test(
      type,
    )
  )
    return 'call';
  return 'other';
}

/** The kind an item's own `type` field says. */
export function toItemKind(itemType: string | undefined): ItemKind {
  if (itemType === undefined) return 'other';
  if (itemType === 'message') return 'message';
  if (itemType === 'reasoning') return 'reasoning';
  if (itemType.includes('call') || itemType.startsWith('mcp_')) return 'call';
  return 'other';
}

/** The kind an id's prefix suggests, for ids that nothing else tells about. */
export function toIdKind(id: string): ItemKind {
  if (/^(msg|chatcmpl|gen)[_-]/.test(id)) return 'message';
  if (/^rs[_-]/.test(id)) return 'reasoning';
  if (/^(fc|call|toolu|ctc|ws|fs|ci|mcp|ig)[_-]/.test(id)) return 'call';
  if (/^resp[_-]/.test(id)) return 'response';
  return 'other';
}

/** `response.output_text.delta` → `output_text.delta`: what the table shows. */
export function shortType(type: string): string {
  return type.startsWith('response.') ? type.slice(9) : type;
}
