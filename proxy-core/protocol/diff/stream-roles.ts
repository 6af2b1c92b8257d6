/**
 * A Responses stream as a list of roles in the lifecycle, so that two streams can be compared by what
 * their events are for and not by where they stand. The deltas of one part become one entry with their
 * joined text, and what differs between any two runs (sequence numbers, times, ciphertexts, obfuscation)
 * is left out. Ids stay; ./diff-streams.ts pairs them.
 */
import { asNumber, asString, isObject, type JsonObject } from '../json.ts';

export interface RoleEntry {
  /** Unique in its stream: `item 0 message / part 0 / output_text.delta`, say. */
  role: string;
  /** Index of the (first) event. */
  event: number;
  /** How many events it stands for: deltas of one part are one entry. */
  count: number;
  value: JsonObject;
}

const VOLATILE = new Set([
  'sequence_number',
  'obfuscation',
  'created_at',
  'completed_at',
  'encrypted_content',
  'fingerprint',
  'usage_raw',
  'event_id',
]);
export const ID_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'item_id',
  'call_id',
  'response_id',
  'previous_response_id',
  'approval_request_id',
]);

/** @param events parsed data of each event, in order; what is no object is compared as it is. */
export function toRoles(events: readonly unknown[]): RoleEntry[] {
  const entries: RoleEntry[] = [];
  const byRole = new Map<string, RoleEntry>();
  const repeats = new Map<string, number>();

  for (const [event, data] of events.entries()) {
    const json = isObject(data) ? data : { data };
    const role = toRole(json);
    const delta = asString(json['delta']);
    const open = delta === undefined ? undefined : byRole.get(role);
    if (open && delta !== undefined) {
      open.value['delta'] = `${String(open.value['delta'])}${delta}`;
      open.count += 1;
      noteItemId(open.value, json['item_id']);
      continue;
    }
    const count = (repeats.get(role) ?? 0) + 1;
    repeats.set(role, count);
    const entry: RoleEntry = {
      ...{ role: count === 1 ? role : `${role} (${count})`, event, count: 1 },
      value: withoutVolatile(json) as JsonObject,
    };
    entries.push(entry);
    if (delta !== undefined) byRole.set(role, entry);
  }
  return entries;
}

/** Gateways leave the index out; then it can only be the first. */
const OF_A_PART = /^(?:reasoning_summary|reasoning_text|output_text|content_part|refusal)/;

function toRole(json: JsonObject): string {
  const type = (asString(json['type']) ?? 'unknown').replace(/^response\./, '');
  const parts: string[] = [];
  const outputIndex = asNumber(json['output_index']);
  if (outputIndex !== undefined) parts.push(`item ${outputIndex}`);
  const part = asNumber(json['content_index']) ?? asNumber(json['summary_index']) ?? (OF_A_PART.test(type) ? 0 : undefined);
  if (part !== undefined) parts.push(`part ${part}`);
  const annotation = asNumber(json['annotation_index']);
  if (annotation !== undefined) parts.push(`annotation ${annotation}`);
  return [...parts, type].join(' / ');
}

/** Deltas of one part that name several items: all of them, each once. */
function noteItemId(value: JsonObject, itemId: unknown): void {
  const known = value['item_id'];
  const all = Array.isArray(known) ? known : [known];
  if (!all.includes(itemId)) value['item_id'] = [...all, itemId];
}

function withoutVolatile(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutVolatile);
  if (!isObject(value)) return value;
  const pairs = Object.entries(value).filter(([name]) => !VOLATILE.has(name));
  return Object.fromEntries(pairs.map(([name, one]) => [name, withoutVolatile(one)]));
}
