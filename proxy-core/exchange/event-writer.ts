/**
 * Emitted events to the client: frames, one write per batch, then the tap. On the way it keeps the
 * response store in step: finished items as they go out, the final state before the terminal event does.
 */
import type { Emitted } from '../emitter/responses-emitter.ts';
import { TERMINAL_EVENT_TYPES } from '../protocol/responses/wire.ts';
import type { ClientOutput } from './client-output.ts';
import type { ClientSink } from './client-sink.ts';
import type { EventSeed } from './step.ts';

export interface EventWriter {
  /** Writes a batch. The promise is there when the client reads slowly. */
  write(batch: Emitted[]): Promise<void> | undefined;
  /** Bytes that are no events: heartbeats, the trailer. */
  writeText(text: string): Promise<void> | undefined;
}

export interface EventWriterOptions {
  sink: Pick<ClientSink, 'transport' | 'frame'>;
  output: ClientOutput;
  /** Called with each event before its bytes leave. */
  beforeEvent: (emitted: Emitted) => void;
}

export function createEventWriter({ sink, output, beforeEvent }: EventWriterOptions): EventWriter {
  function write(batch: Emitted[]): Promise<void> | undefined {
    if (batch.length === 0) return undefined;
    let text = '';
    const seeds: EventSeed[] = [];
    for (const emitted of batch) {
      beforeEvent(emitted);
      const { event, cause } = emitted;
      const data = JSON.stringify(event);
      const frame = sink.frame(event.type, data);
      text += frame;
      seeds.push({
        name: sink.transport === 'http' ? event.type : null,
        data,
        json: event,
        length: Buffer.byteLength(frame),
        chunkIndex: cause,
      });
    }
    return send(text, seeds);
  }

  function send(text: string, seeds: EventSeed[]): Promise<void> | undefined {
    return output.write(Buffer.from(text, 'utf8'), seeds.at(-1)?.chunkIndex ?? null, seeds);
  }

  return { write, writeText: (text) => (text === '' ? undefined : send(text, [])) };
}

export function isTerminal(emitted: Emitted): boolean {
  return TERMINAL_EVENT_TYPES.has(emitted.event.type);
}
