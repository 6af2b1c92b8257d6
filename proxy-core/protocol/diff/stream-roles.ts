/**
 * A Responses stream as a list of roles in the lifecycle, so that two streams can be compared by what
 * their events are for and not by where they stand. Ids become numbers in order of first appearance,
 * the deltas of one part become one entry with their joined text, and what differs between any two runs
 * (sequence numbers, times, ciphertexts, obfuscation) is left out.
 */
import { asNumber, asString, isObject, type JsonObject } from '../json.ts';

export interface RoleEntry {
  /** Unique in its stream: `item 0 message / part 0 / output_text.delta`, say. */
  role: string;
  /** Index of the (first) event. */
  event: number;
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
const ID_FIELDS = new Set(['id', 'item_id', 'call_id', 'response_id', 'previous_response_id', 'approval_request_id']);

/** @param events parsed data of each event, in order; what is no object is compared as it is. */
export function toRoles(events: readonly unknown[]): RoleEntry[] {
  const ids = new Map<string, string>();
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
      continue;
    }
    const count = (repeats.get(role) ?? 0) + 1;
    repeats.set(role, count);
    const entry: RoleEntry = { role: count === 1 ? role : `${role} (${count})`, event, value: normalise(json, ids) as JsonObject };
    entries.push(entry);
    if (delta !== undefined) byRole.set(role, entry);
  }
  return entries;
}

function toRole(json: JsonObject): string {
  const type = (asString(json['type']) ?? 'unknown').replace(/^response\./, '');
  const parts: string[] = [];
  const outputIndex = asNumber(json['output_index']);
  if (outputIndex !== undefined) parts.push(`item ${outputIndex}`);
  const part = asNumber(json['content_index']) ?? asNumber(json['summary_index']);
  if (part !== undefined) parts.push(`part ${part}`);
  const annotation = asNumber(json['annotation_index']);
  if (annotation !== undefined) parts.push(`annotation ${annotation}`);
  return [...parts, type].join(' / ');
}

function normalise(value: unknown, ids: Map<string, string>, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => normalise(one, ids));
  if (isObject(value)) {
    const pairs = Object.entries(value).filter(([name]) => !VOLATILE.has(name));
    return Object.fromEntries(pairs.map(([name, one]) => [name, normalise(one, ids, name)]));
  }
  if (typeof value === 'string' && ID_FIELDS.has(key) && value !== '') {
    let known = ids.get(value);
    if (known === undefined) {
      known = `#${ids.size + 1}`;
      ids.set(value, known);
    }
    return known;
  }
  return value;
}
