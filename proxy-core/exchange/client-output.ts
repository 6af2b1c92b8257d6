/**
 * The last stretch to the client: bytes to the sink, then to the tap. Without a filter the bytes leave as
 * they are. A filter (repair, quirks) changes them on the way; then its events are found again in what
 * really left, because that is what is recorded and linted.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { AnswerWatch } from './answer-watch.ts';
import type { ClientSink } from './client-sink.ts';
import type { EventSeed, Step } from './step.ts';

/** What a filter lets out: bytes after a pause, or the end of the connection. */
export type FilteredBytes = { type: 'bytes'; bytes: Uint8Array; delayMs: number } | { type: 'disconnect' };

export interface StreamFilter {
  push(bytes: Uint8Array): FilteredBytes[];
  end(): FilteredBytes[];
}

export interface ClientOutput {
  /** @param seeds the events in these bytes, where the caller made them; else they are found by reading. */
  write(bytes: Uint8Array, chunkIndex: number | null, seeds?: EventSeed[]): Promise<void> | undefined;
  /** Lets out what was held back. False when the connection was broken off on purpose. */
  end(): Promise<boolean>;
}

export function createDirectOutput(sink: ClientSink, step: Step, watch: AnswerWatch | undefined): ClientOutput {
  return {
    write(bytes, chunkIndex, seeds) {
      const drained = sink.write(bytes);
      if (seeds) step.write(bytes, seeds);
      else step.writeFound(bytes, watch?.push(bytes, { chunkIndex, tUs: step.nowUs(), firstIndex: step.eventCount }) ?? []);
      return drained;
    },
    async end() {
      const rest = watch?.end({ chunkIndex: null, tUs: step.nowUs(), firstIndex: step.eventCount }) ?? [];
      if (rest.length > 0) step.writeFound(new Uint8Array(), rest);
      return true;
    },
  };
}

export interface FilteredOutputOptions {
  sink: ClientSink;
  /** Where what comes out of the filter goes; finds its events by reading. */
  output: ClientOutput;
  filter: StreamFilter;
}

/** A filter works on SSE, whatever the transport: what goes in has to be framed like this. */
export const SSE_FRAMING: Pick<ClientSink, 'transport' | 'frame'> = {
  transport: 'http',
  frame: (type, json) => `event: ${type}\ndata: ${json}\n\n`,
};

export function createFilteredOutput({ sink, output, filter }: FilteredOutputOptions): ClientOutput {
  let lastChunk: number | null = null;
  let isBroken = false;

  async function letOut(out: FilteredBytes[]): Promise<void> {
    for (const one of out) {
      if (isBroken) return;
      if (one.type === 'disconnect') {
        isBroken = true;
        sink.destroy();
        return;
      }
      if (one.delayMs > 0) await wait(one.delayMs);
      if (one.bytes.length > 0) await output.write(one.bytes, lastChunk);
    }
  }

  return {
    write(bytes, chunkIndex) {
      lastChunk = chunkIndex;
      return letOut(filter.push(bytes));
    },
    async end() {
      await letOut(filter.end());
      if (!isBroken) await output.end();
      return !isBroken;
    },
  };
}
