/**
 * The bridge's end of the recording thread: an observer that packs what the taps say and hands it over every
 * 40 ms, with what the stores have to write. The record must not lag behind: upstreams that are faster than the
 * thread are read a little more slowly (`pace`). Nobody waits for a thread that hangs: what is on its way is
 * bounded, and beyond that chunks and writes are only counted. A thread that dies is told as trouble, and streams
 * go on. A store in memory belongs to one connection: there the same work is done in place.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { TapEvent } from '../protocol/capture/tap-event.ts';
import { toTrouble } from '../recorder/recorder.ts';
import { toStoreError, type BatchResult, type FromRecordingThread } from './batch.ts';
import { createInPlace, createThread } from './channels.ts';
import { createPace } from './pace.ts';
import { createTapPacker } from './pack-taps.ts';
import type { Parts, RecordingThread, RecordingThreadOptions } from './recording-types.ts';

interface Sent {
  bytes: number;
  hasResponses: boolean;
  hasEvidence: boolean;
  waiters: ((isRecorded: boolean) => void)[];
}

const FLUSH_MS = 40;
/** Of what a stop may take; a thread that hangs is not waited for. */
const CLOSE_MS = 2_000;
/** A thread that hangs answers nobody: what is asked of the record then is answered as old as it is. */
const FLUSH_PATIENCE_MS = 5_000;
/** Batches that a thread may be late with; then they are made larger instead of more. */
const MAX_SENT = 64;
/** A start that takes longer (a locked store, a slow disk) is not waited for; what is said meanwhile is kept. */
const START_MS = 1_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** So much is handed over at once, without waiting for the clock: one turn of the event loop may bring megabytes. */
const EARLY_BYTES = 512 * 1024;

export function createRecordingThread(options: RecordingThreadOptions): RecordingThread {
  const { db, onTrouble, onChanged, onNotice, flushMs = FLUSH_MS, maxBytes = MAX_BYTES } = options;
  const packer = createTapPacker();
  const pace = createPace();
  const sent = new Map<number, Sent>();
  let parts: Parts | undefined;
  let waiters: Sent['waiters'] = [];
  let flushes = 0;
  let nextId = 0;
  let bytesOnTheWay = 0;
  let timer: NodeJS.Timeout | undefined;
  let fault: string | null = null;
  let lostSteps = 0;
  /** Lost on this side, before the thread could know of them. */
  let refusedSteps = 0;
  let isOver = false;
  let isDead = false;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const openChannel = options.openChannel ?? (db.memory ? createInPlace : createThread);
  const channel = openChannel(db, hear, die);

  function hear(message: FromRecordingThread): void {
    if (message.type === 'ready') begin();
    else if (message.type === 'result') settle(message.result);
    else if (message.type === 'trouble') hearTrouble(message.trouble, message.lostSteps);
    else if (message.type === 'notice') onNotice(message.text);
  }

  /** All well again: what was found meanwhile is told with the next result. */
  function hearTrouble(trouble: string | null, lost: number): void {
    tell(trouble, lost);
    if (trouble === null) setImmediate(() => void flush());
  }

  function tell(trouble: string | null, lost: number): void {
    const isNews = trouble !== fault || lost !== lostSteps;
    fault = trouble;
    lostSteps = lost;
    if (isNews) onTrouble(trouble, lost + refusedSteps);
  }

  function settle({ id, isRecorded, responses, evidence, changed, buffer }: BatchResult): void {
    const one = sent.get(id);
    sent.delete(id);
    if (!one) return;
    bytesOnTheWay -= one.bytes;
    if (buffer) packer.giveBack(buffer);
    pace.moved(bytesOnTheWay);
    if (one.hasResponses) parts?.responses.settle(responses && toStoreError(responses));
    if (one.hasEvidence) parts?.evidence.settle(evidence && toStoreError(evidence));
    if (changed.length > 0) onChanged(changed);
    for (const resolve of one.waiters) resolve(isRecorded);
  }

  function die(why: string): void {
    if (isOver || isDead) return;
    isDead = true;
    begin();
    tell(`Nothing is recorded any more: the recording thread ended (${why}). Restart Deltascope.`, lostSteps);
    for (const id of sent.keys()) {
      const nowhere = { message: why, code: undefined };
      settle({ id, isRecorded: false, responses: nowhere, evidence: nowhere, changed: [], buffer: null });
    }
    for (const resolve of waiters) resolve(false);
    waiters = [];
    pace.close();
  }

  function add(event: TapEvent, isLinted: boolean): void {
    if (isOver) return;
    if (isDead || packer.size + bytesOnTheWay >= maxBytes) return lose(event, isLinted);
    packer.add(event, isLinted);
    schedule();
  }

  /** What is rare and small goes through all the same, unless there is nobody to take it. */
  function lose(event: TapEvent, isLinted: boolean): void {
    if (event.type === 'step.started') refusedSteps += 1;
    else if (isDead) return;
    else if (event.type === 'upstream.chunk' || event.type === 'client.write') packer.addLost(event);
    else if (event.type === 'upstream.request') packer.addWithoutBody(event);
    else packer.add(event, isLinted);
    schedule();
  }

  function schedule(): void {
    if (isOver || isDead) return;
    if (packer.size >= EARLY_BYTES) return post();
    timer ??= setTimeout(() => post(), flushMs).unref();
  }

  function post(isLast = false): void {
    clearTimeout(timer);
    timer = undefined;
    if (isDead) return;
    if (sent.size >= MAX_SENT && !isLast) {
      timer = setTimeout(() => post(), flushMs).unref();
      return;
    }
    const responses = parts?.responses.take(isLast) ?? null;
    const evidence = parts?.evidence.take(isLast) ?? null;
    if (packer.size === 0 && !responses && !evidence && waiters.length === 0) return;
    const taps = packer.size === 0 ? null : packer.take();
    const id = nextId++;
    const bytes = taps?.size ?? 0;
    sent.set(id, { bytes, hasResponses: responses !== null, hasEvidence: evidence !== null, waiters });
    waiters = [];
    bytesOnTheWay += bytes;
    pace.sent(bytesOnTheWay);
    channel.send({ type: 'batch', batch: { id, responses, evidence, taps } }, taps ? [taps.buffer] : []);
  }

  function order(one: Parameters<typeof packer.order>[0]): void {
    if (isOver || isDead) return;
    packer.order(one);
    schedule();
  }

  function flush(isLast = false): Promise<boolean> {
    if (isOver || isDead) return Promise.resolve(false);
    channel.hold(true);
    flushes += 1;
    const flushed = new Promise<boolean>((resolve) => {
      const patience = setTimeout(resolve, FLUSH_PATIENCE_MS, false).unref();
      waiters.push((isRecorded) => {
        clearTimeout(patience);
        resolve(isRecorded);
      });
      post(isLast);
    });
    return flushed.finally(() => {
      flushes -= 1;
      if (flushes === 0) channel.hold(false);
    });
  }

  return {
    observe: (event) => add(event, true),
    observeJudged: (event) => add(event, false),
    addFindings: (stepId, findings) => order({ type: 'findings', stepId, findings, isAll: false }),
    replaceFindings: (stepId, findings) => order({ type: 'findings', stepId, findings, isAll: true }),
    linkGateway: (link) => order({ type: 'link', link }),
    forgetSession: (sessionId) => order({ type: 'forget', sessionId }),
    addSecret: (secret) => order({ type: 'secret', secret }),
    ready: () => Promise.race([begun, wait(START_MS, undefined, { ref: false })]),
    join: (joined) => void (parts = joined),
    wake: schedule,
    pace: pace.wait,
    rest: () => channel.send({ type: 'rest' }, []),
    flush: () => flush(),
    trouble: () => toTrouble(fault, lostSteps + refusedSteps),
    async close() {
      // What a part could not hand over yet (much was on its way) goes with the second.
      const written = flush().then(() => flush(true));
      await Promise.race([written, wait(CLOSE_MS, undefined, { ref: false })]);
      isOver = true;
      pace.close();
      clearTimeout(timer);
      await channel.close();
    },
  };
}
