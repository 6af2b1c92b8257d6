/** The ids that a step's request sends back to the model: the id map's Input column. Pure. */
import type { StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { asArray, asObject, asString } from '../../proxy-core/protocol/json.ts';
import { toItemKind } from './event-kind.ts';
import { noteUse } from './id-uses.ts';
import type { StepTrack } from './step-track.ts';

export function noteRequestIds(track: StepTrack, detail: StepDetail): void {
  for (const use of track.uses.values()) delete use.columns.input;
  const body = asObject(detail.request.body);
  const previous = asString(body['previous_response_id']);
  if (previous !== undefined) noteUse(track.uses, { id: previous, kind: 'response', column: 'input', at: 0, isGhost: false });
  asArray(body['input']).forEach((entry, position) => {
    const item = asObject(entry);
    const id = asString(item['id']);
    if (id !== undefined)
      noteUse(track.uses, { id: id, kind: toItemKind(asString(item['type'])), column: 'input', at: position, isGhost: false });
    const callId = asString(item['call_id']);
    if (callId !== undefined && callId !== id && track.uses.has(callId))
      noteUse(track.uses, { id: callId, kind: 'call', column: 'input', at: position, isGhost: false });
  });
}
