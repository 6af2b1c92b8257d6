/**
 * The live export: an observer of taps that remembers which steps have ended, and sends their spans a little
 * later, when the findings are written. One request at a time; what waits is bounded, and what can't be
 * delivered is dropped, counted and told once. Nothing here can reach a stream.
 */
import type { Observer } from '../protocol/capture/tap-event.ts';
import type { OtelStatus } from '../protocol/api/control-api.ts';
import { describeTarget, type OtelTarget } from './otel-target.ts';
import type { Delivered } from './post-spans.ts';
import type { StepSpan } from './step-span.ts';

export interface OtelExporterOptions {
  target: OtelTarget;
  /** Writes what the record still waits for. */
  flush: () => Promise<unknown>;
  /** From the record; undefined for a step that was deleted. */
  readSpan: (stepId: string) => StepSpan | undefined;
  post: (spans: readonly StepSpan[], signal: AbortSignal) => Promise<Delivered>;
  /** Hides what must not leave the house in texts. */
  clean: (spans: readonly StepSpan[]) => Promise<StepSpan[]>;
  /** One line for people. */
  onNotice: (line: string) => void;
  /** How long an ended step waits for company, and for what a gateway's other side says of it. */
  holdMs?: number;
  maxQueued?: number;
}

export interface OtelExporter {
  observe: Observer;
  status(): OtelStatus;
  /** Sends what waits, for at most `limitMs`. */
  close(limitMs?: number): Promise<void>;
}

const HOLD_MS = 250;
const MAX_QUEUED = 2_048;
const BATCH = 64;

export function createOtelExporter(options: OtelExporterOptions): OtelExporter {
  const { target, flush, readSpan, post, clean, onNotice, holdMs = HOLD_MS, maxQueued = MAX_QUEUED } = options;
  const left = new AbortController();
  let queue: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let sent = 0;
  let dropped = 0;
  let trouble: string | null = null;

  const observe: Observer = (event) => {
    if (event.type !== 'step.ended' || left.signal.aborted) return;
    if (queue.length >= maxQueued) {
      dropped += 1;
      return;
    }
    queue.push(event.stepId);
    timer ??= setTimeout(start, holdMs).unref();
  };

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    running ??= drain().finally(() => {
      running = undefined;
    });
  }

  async function drain(): Promise<void> {
    while (queue.length > 0 && !left.signal.aborted) {
      const batch = queue.slice(0, BATCH);
      queue = queue.slice(BATCH);
      await deliver(batch);
    }
  }

  async function deliver(stepIds: readonly string[]): Promise<void> {
    try {
      await flush();
      const spans = await clean(stepIds.flatMap((stepId) => readSpan(stepId) ?? []));
      if (spans.length === 0) return;
      const { accepted, complaint } = await post(spans, left.signal);
      sent += accepted;
      dropped += spans.length - accepted;
      tell(complaint === null ? null : `${describeTarget(target)} did not take all spans: ${complaint}`);
    } catch (error) {
      dropped += stepIds.length;
      tell(error instanceof Error ? error.message : String(error));
    }
  }

  function tell(next: string | null): void {
    const isNews = (next === null) !== (trouble === null);
    trouble = next;
    if (!isNews) return;
    onNotice(
      next === null
        ? 'deltascope: spans are sent to OpenTelemetry again.'
        : `deltascope: spans are not sent to OpenTelemetry: ${next}. Streams and the record are not affected.`,
    );
  }

  return {
    observe,
    status: () => ({ endpoint: describeTarget(target), sent, dropped, waiting: queue.length, trouble }),
    async close(limitMs = 1_000) {
      const limit = setTimeout(() => left.abort(), limitMs);
      if (queue.length > 0) start();
      await running;
      // A batch may have been on its way when more was asked for.
      if (queue.length > 0 && !left.signal.aborted) await drain();
      clearTimeout(limit);
      left.abort();
      clearTimeout(timer);
    },
  };
}
