/**
 * The pure middle of a translated step: upstream bytes in, emitted events out. Shared by the live
 * exchange, `translate` on the command line and the replay of recorded upstream bytes.
 */
import { describePage } from './describe-page.ts';
import type { Emitted, ResponsesEmitter } from '../emitter/responses-emitter.ts';
import type { Mutable } from '../protocol/mutable.ts';
import type { EndCause, Machine } from '../protocol/stream/machine.ts';
import type { StreamEvent } from '../protocol/stream/stream-event.ts';
import { createFrameReader, type FrameReader, type SseFrame } from '../sse/frame-reader.ts';
import type { UpstreamFrame } from '../upstreams/upstream.ts';

export interface StreamTranslator {
  /** @param chunkIndex the recorded chunk, which the events will name as their cause. */
  push(bytes: Uint8Array, chunkIndex: number): Emitted[];
  end(cause: EndCause): Emitted[];
  /** True once the upstream's answer is over and the terminal event is out. */
  readonly isOver: boolean;
  readonly bytesRead: number;
  readonly lastFrame: string | null;
  /** Set when the upstream wants to be asked again before it goes on. */
  readonly paused: { content: unknown } | undefined;
  /** What follows is the upstream's next answer. @param mayPause false: another pause ends the answer. */
  resume(reader: FrameReader, mayPause: boolean): void;
}

export interface StreamTranslatorOptions {
  /** Absent: SSE. */
  reader?: FrameReader | undefined;
  /** True when somebody is there to ask the upstream again; else a pause ends the answer as incomplete. */
  mayPause?: boolean;
}

const BEGINNING_BYTES = 1_024;

/** What a pause comes to when nobody asks again. */
const END_OF_PAUSED: StreamEvent[] = [
  {
    type: 'warning',
    code: 'turn_paused',
    message: 'The upstream paused the turn in the middle of its own tools and was not asked again; the answer is not complete.',
  },
  { type: 'finish', reason: 'unknown' },
];

export function createStreamTranslator(
  machine: Machine<unknown, UpstreamFrame, StreamEvent>,
  emitter: ResponsesEmitter,
  options: StreamTranslatorOptions = {},
): StreamTranslator {
  let reader = options.reader ?? createFrameReader();
  let mayPause = options.mayPause === true;
  let state = machine.initialState();
  let beginning = Buffer.alloc(0);

  /** An answer without a single frame is no stream; what it was instead says more than that. */
  function withBeginning(output: StreamEvent): StreamEvent {
    if (output.type !== 'error' || translator.lastFrame !== null || beginning.length === 0) return output;
    const text = beginning.toString('utf8');
    const found = describePage(text) ?? `What came begins with ${JSON.stringify(text.slice(0, 80))}.`;
    return { ...output, error: { ...output.error, message: `${output.error.message} ${found}` } };
  }

  function take(outputs: StreamEvent[], into: Emitted[]): void {
    for (const output of outputs) {
      if (output.type === 'pause' && !mayPause) return take(END_OF_PAUSED, into);
      into.push(...emitter.push(withBeginning(output)));
      if (output.type === 'pause') translator.paused = { content: output.content };
      if (output.type === 'finish' || output.type === 'error') translator.isOver = true;
    }
  }

  function readFrames(frames: SseFrame[], into: Emitted[]): void {
    for (const frame of frames) {
      if (translator.isOver || translator.paused) return;
      translator.lastFrame = frame.event ?? frame.data.slice(0, 80);
      const result = machine.step(state, frame);
      state = result.state;
      take(result.outputs, into);
    }
  }

  const translator: Mutable<StreamTranslator> = {
    isOver: false,
    bytesRead: 0,
    lastFrame: null,
    paused: undefined,
    push(bytes, chunkIndex) {
      translator.bytesRead += bytes.length;
      if (translator.isOver) return [];
      emitter.cause = chunkIndex;
      const emitted: Emitted[] = [];
      if (translator.lastFrame === null && beginning.length < BEGINNING_BYTES)
        beginning = Buffer.concat([beginning, bytes.subarray(0, BEGINNING_BYTES)]);
      readFrames(reader.push(bytes), emitted);
      if (translator.isOver) emitted.push(...emitter.end({ type: 'completed' }));
      return emitted;
    },
    end(cause) {
      if (translator.isOver) return [];
      const emitted: Emitted[] = [];
      if (cause.type === 'completed') readFrames(reader.end(), emitted);
      if (!translator.isOver) take(machine.end(state, cause).outputs, emitted);
      // Over by the upstream's own word: how the connection ended after that does not matter.
      emitted.push(...emitter.end(translator.isOver ? { type: 'completed' } : cause));
      translator.isOver = true;
      return emitted;
    },
    resume(next, mayPauseAgain) {
      reader = next;
      mayPause = mayPauseAgain;
      translator.paused = undefined;
    },
  };
  return translator;
}
