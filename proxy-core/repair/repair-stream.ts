/**
 * Repairs a Responses stream as bytes, for files and for live use: bytes in, repaired bytes out as soon
 * as the frame that they complete is there. A frame that is right goes out as the bytes it came in, and
 * so does everything between frames (comments, retry lines).
 */
import { toRecordedEvent, type RecordedEvent } from '../protocol/client-models/recorded-event.ts';
import type { JsonObject } from '../protocol/json.ts';
import { createRepairMachine } from '../protocol/repair/repair-machine.ts';
import type { Change } from '../protocol/repair/repair-state.ts';
import { createFrameReader, type SseFrame } from '../sse/frame-reader.ts';

export interface StreamRepair {
  push(bytes: Uint8Array): Uint8Array;
  /** The rest. `complete` as false when the body broke off rather than ended; the outcome is the same. */
  end(): Uint8Array;
  report(): RepairReport;
}

export interface RepairReport {
  changes: Change[];
  /** Reasons why the stream is not whole even now; empty when everything was mended. */
  unrepairable: string[];
  /** Data frames seen, [DONE] not counted. */
  events: number;
}

export interface StreamRepairOptions {
  /** Seconds since the epoch; used for a response that does not say when it was created. */
  createdAt?: number;
}

export function createStreamRepair({ createdAt = Math.floor(Date.now() / 1000) }: StreamRepairOptions = {}): StreamRepair {
  const reader = createFrameReader();
  const machine = createRepairMachine({ createdAt });
  const framing: Change[] = [];
  let pending: Uint8Array[] = [];
  /** Where `pending` begins in all bytes. */
  let start = 0;
  let events = 0;

  function push(bytes: Uint8Array): Uint8Array {
    pending.push(bytes);
    const frames = reader.push(bytes);
    if (frames.length === 0 && !endsBlock(bytes)) return new Uint8Array();
    return write(frames, false);
  }

  function end(): Uint8Array {
    const out = [write(reader.end(), true)];
    for (const json of machine.end()) out.push(toFrame(json));
    return Buffer.concat(out);
  }

  function write(frames: readonly SseFrame[], isEnd: boolean): Uint8Array {
    const all = pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending);
    const out: Uint8Array[] = [];
    let at = 0;
    for (const frame of frames) {
      const from = frame.offset - start;
      out.push(all.subarray(at, from));
      at = from + frame.length;
      out.push(...repairFrame(frame, all.subarray(from, at)));
    }
    const rest = all.subarray(at);
    // Comments and other blocks without data are passed on when they are whole, so that keepalives stay alive.
    if (isEnd || endsBlock(rest)) {
      out.push(rest);
      pending = [];
      start += all.length;
    } else {
      pending = rest.length > 0 ? [rest] : [];
      start += at;
    }
    return Buffer.concat(out);
  }

  function repairFrame(frame: SseFrame, raw: Uint8Array): Uint8Array[] {
    if (frame.data.trim() === '[DONE]') return [...machine.end().map(toFrame), raw];
    events += 1;
    const event = toRecordedEvent(frame);
    const repaired = machine.push(event);
    return repaired.flatMap((json) => (json === event.json && isWellFramed(event, frame) ? [raw] : [toFrame(json)]));
  }

  function isWellFramed(event: RecordedEvent, frame: SseFrame): boolean {
    const note = (kind: string, message: string): void => void framing.push({ event: events - 1, kind, message });
    if (event.name !== null && event.name !== '' && event.name !== event.type) {
      note('event-name', `The event: line says ${event.type} instead of ${event.name}.`);
      return false;
    }
    if (!frame.terminated) {
      note('single-terminal', 'The empty line after the last event was added.');
      return false;
    }
    return true;
  }

  return {
    push,
    end,
    report: () => ({ changes: [...machine.changes, ...framing], unrepairable: [...machine.unrepairable], events }),
  };
}

function toFrame(json: JsonObject): Uint8Array {
  return Buffer.from(`event: ${String(json['type'])}\ndata: ${JSON.stringify(json)}\n\n`);
}

/** Whether the bytes end with an empty line, so that what they hold is a whole block. */
function endsBlock(bytes: Uint8Array): boolean {
  const tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 4))).toString('latin1');
  return /(\n\n|\r\r|\r\n\r\n|\n\r\n)$/.test(tail);
}

/** A whole recorded body at once. */
export function repairBytes(bytes: Uint8Array, options: StreamRepairOptions = {}): { bytes: Uint8Array; report: RepairReport } {
  const repair = createStreamRepair(options);
  const out = Buffer.concat([repair.push(bytes), repair.end()]);
  return { bytes: out, report: repair.report() };
}
