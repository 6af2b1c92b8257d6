/**
 * One recorded frame, looked at the way a client does: the parsed data and the event's type. A frame
 * comes from any SSE reader; this file only knows its parts. Pure.
 */
import { asString, parseJsonObject, type JsonObject } from '../json.ts';

/** The parts of an SSE frame that matter here. `id` is the `id:` line. */
export interface RecordedFrame {
  event: string | null;
  data: string;
  id: string | null;
  terminated: boolean;
}

export interface RecordedEvent {
  /** `data.type`, else the `event:` line, else ''. */
  type: string;
  /** Whether the type stands in the data; some clients look nowhere else. */
  hasOwnType: boolean;
  /** The `event:` line. */
  name: string | null;
  /** Undefined when the data is no JSON object. */
  json: JsonObject | undefined;
  data: string;
  isTerminated: boolean;
}

export function toRecordedEvent(frame: RecordedFrame): RecordedEvent {
  const json = parseJsonObject(frame.data);
  const ownType = asString(json?.['type']);
  return {
    type: ownType ?? frame.event ?? '',
    hasOwnType: ownType !== undefined,
    name: frame.event,
    json,
    data: frame.data,
    isTerminated: frame.terminated,
  };
}

/** All events of a stream; `[DONE]` is no event. */
export function toRecordedEvents(frames: readonly RecordedFrame[]): RecordedEvent[] {
  return frames.filter((frame) => frame.data.trim() !== '[DONE]').map(toRecordedEvent);
}
