/**
 * How the steps of a session hang together: by previous_response_id, item_reference, returned items, or
 * outputs for calls; and what in a request points at nothing this session knows. Pure.
 */
import type { Step, StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { asArray, asObject, asString } from '../../proxy-core/protocol/json.ts';
import { decodeId } from './ids.ts';
import type { StepTrack } from './step-track.ts';

export interface ChainLink {
  how: 'previous_response_id' | 'item_reference' | 'item' | 'call output';
  id: string;
  decoded: string | null;
  /** Step that made the id; null when no earlier step did. */
  from: number | null;
}
export interface ChainStep {
  step: Step;
  responseIds: string[];
  links: ChainLink[];
  /** Input items by type, for the summary. */
  inputs: { type: string; count: number }[];
}

export function toChain(
  steps: readonly Step[],
  tracks: ReadonlyMap<string, StepTrack>,
  details: ReadonlyMap<string, StepDetail>,
): ChainStep[] {
  const madeBy = new Map<string, number>();
  const callsBy = new Map<string, number>();
  return steps.map((step, position) => {
    const track = tracks.get(step.id);
    const body = asObject(details.get(step.id)?.request.body);
    const links = toLinks(body, madeBy, callsBy);
    const responseIds =
      track === undefined || track.responseIds.length === 0
        ? step.responseId === null
          ? []
          : [step.responseId]
        : track.responseIds.map(({ id }) => id);
    for (const id of [...responseIds, ...step.responseIdAliases, ...responseIds.flatMap((each) => decodeId(each) ?? [])])
      madeBy.set(id, position);
    for (const use of track?.uses.values() ?? []) if (use.firstEvent !== Infinity && !madeBy.has(use.id)) madeBy.set(use.id, position);
    for (const callId of track?.callIds ?? []) callsBy.set(callId, position);
    return { step, responseIds, links, inputs: countInputs(body) };
  });
}

function toLinks(body: { [key: string]: unknown }, madeBy: ReadonlyMap<string, number>, callsBy: ReadonlyMap<string, number>): ChainLink[] {
  const links: ChainLink[] = [];
  const add = (how: ChainLink['how'], id: string, from: number | null): void => {
    links.push({ how, id, decoded: decodeId(id), from });
  };
  const previous = asString(body['previous_response_id']);
  if (previous !== undefined) add('previous_response_id', previous, madeBy.get(previous) ?? madeBy.get(decodeId(previous) ?? '') ?? null);
  for (const entry of asArray(body['input'])) {
    const item = asObject(entry);
    const type = asString(item['type']) ?? 'message';
    const id = asString(item['id']);
    const callId = asString(item['call_id']);
    if (type.endsWith('_call_output') && callId !== undefined) add('call output', callId, callsBy.get(callId) ?? null);
    else if (id !== undefined) add(type === 'item_reference' ? 'item_reference' : 'item', id, madeBy.get(id) ?? null);
  }
  return links;
}

function countInputs(body: { [key: string]: unknown }): ChainStep['inputs'] {
  const counts = new Map<string, number>();
  if (typeof body['input'] === 'string') counts.set('text', 1);
  for (const entry of asArray(body['input'])) {
    const item = asObject(entry);
    const type = asString(item['type']) ?? `${asString(item['role']) ?? 'user'} message`;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => ({ type, count }));
}
