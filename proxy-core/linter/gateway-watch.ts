/**
 * Finds the calls that a gateway makes through us for a step of ours. Watches which Responses steps wait
 * for an upstream that speaks Responses itself; a call that arrives meanwhile at `/u/<another upstream>/…`
 * may be that gateway's own. Its request says so at once (`link`), its answer confirms or corrects it when
 * both are over. Then the outer step's findings are judged again with both sides. Owns no matching
 * (./gateway-match.ts), no judging (./gateway-findings.ts) and no storage: bytes are asked for, links are told.
 */
import { parseJsonObject, type JsonObject } from '../protocol/json.ts';
import type { Observer, StepEnded, StepStarted } from '../protocol/capture/tap-event.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { toRequestFacts, type AnswerFacts, type RequestFacts } from './gateway-call-facts.ts';
import { gatewayFindings } from './gateway-findings.ts';
import { isEmpty, matchAnswers, matchRequests, type OuterCall } from './gateway-match.ts';
import { readAnswerFacts } from './read-answer-facts.ts';

export interface GatewayWatchOptions {
  createSessionId: () => string;
  /** Writes what the record still waits for, so that what follows is as new as the taps. */
  flush(): Promise<unknown>;
  /** What is recorded by now; undefined when the step is not known. */
  emitted(stepId: string): Uint8Array | undefined;
  upstream(stepId: string): Uint8Array | undefined;
  findings(stepId: string): Finding[] | undefined;
  /** The step is the outer one's inner call, or (null) it is not after all. */
  onInner(stepId: string, innerOf: string | null, reason: string | null): void;
  /** The inner call that a step's answer was made from, as far as that is known by now. */
  onGateway(stepId: string, gatewayStep: string | null): void;
  /** All findings of a step, judged with both sides: these replace the earlier ones. */
  onFindings(stepId: string, findings: Finding[]): void;
  /** The record could not be read; the steps stay as they were judged first. */
  onTrouble(error: unknown): void;
}

export interface ArrivingCall {
  method: string;
  path: string;
  upstream: string | null;
  model: string | null;
  body: JsonObject;
}

export interface GatewayWatch {
  observe: Observer;
  /** For a call that looks like a gateway's inner one: a session of its own, and whose call it is. */
  link(call: ArrivingCall): InnerLink | undefined;
  /** Judges what is over and not judged yet, now instead of at the next turn. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface InnerLink {
  sessionId: string;
  index: 0;
  linkedBy: string;
  innerOf: string;
}

interface Outer extends Omit<OuterCall, 'facts'> {
  facts(): RequestFacts;
  upstream: string;
  isWaiting: boolean;
  ended: StepEnded | null;
  inner: Set<string>;
  /** Calls whose belonging is not decided as long as they, or one of their other steps, run. */
  undecided: Set<string>;
  gatewayStep: string | null;
  /** A gateway's answer that may have changed since it was judged. */
  isJudged: boolean;
}

interface Inner {
  stepId: string;
  outers: string[];
  /** By the request. */
  presumed: string | null;
  reason: string | null;
  current: string | null;
  ended: StepEnded | null;
}

/** Unrelated calls beside a running step are only compared by their answers when there are few. */
const MAX_BLIND_OUTERS = 8;
const MAX_BODY_BYTES = 16_000_000;

export function createGatewayWatch(options: GatewayWatchOptions): GatewayWatch {
  const outers = new Map<string, Outer>();
  const inners = new Map<string, Inner>();
  /** Read once per look; nothing of an answer is kept longer. */
  const answers = new Map<string, AnswerFacts>();
  let isDue = false;
  let settling = Promise.resolve();
  let immediate: NodeJS.Immediate | undefined;
  let order = 0;

  function link(call: ArrivingCall): InnerLink | undefined {
    const match = presume(call);
    const [innerOf] = match?.outers ?? [];
    if (!match || match.reason === null || innerOf === undefined) return undefined;
    return { sessionId: options.createSessionId(), index: 0, linkedBy: toReason(match.reason), innerOf };
  }

  function presume({ method, path, upstream, model, body }: ArrivingCall): { outers: string[]; reason: string | null } | undefined {
    if (outers.size === 0 || upstream === null || method !== 'POST' || !/(^|\/)u\/[^/]+\//.test(path)) return undefined;
    const waiting = [...outers.values()].filter((outer) => outer.isWaiting && outer.upstream !== upstream);
    if (waiting.length === 0) return undefined;
    const match = matchRequests(toRequestFacts(body, model), waiting.map(withCounts));
    return match.reason === null && match.outers.length > MAX_BLIND_OUTERS ? undefined : match;
  }

  const observe: Observer = (event) => {
    switch (event.type) {
      case 'step.started':
        if (outers.size > 0) beginInner(event);
        if (event.isResponses && event.upstreamKind === 'responses') beginOuter(event);
        return;
      case 'upstream.request':
        setWaiting(event.stepId, true);
        return;
      case 'upstream.end':
        setWaiting(event.stepId, false);
        return;
      case 'step.ended':
        end(event);
        return;
      default:
    }
  };

  function beginOuter(started: StepStarted): void {
    let facts: RequestFacts | undefined;
    outers.set(started.stepId, {
      stepId: started.stepId,
      innerOf: started.innerOf,
      order: order++,
      innerCount: 0,
      upstream: started.upstream,
      // Most steps never meet an inner call: their body is read when the first one comes.
      facts: () => (facts ??= toRequestFacts(parseBody(started), started.model)),
      isWaiting: false,
      ended: null,
      inner: new Set(),
      undecided: new Set(),
      gatewayStep: null,
      isJudged: true,
    });
  }

  function beginInner(started: StepStarted): void {
    const match = presume({ ...started, body: parseBody(started) });
    if (!match) return;
    const presumed = started.innerOf ?? null;
    const inner: Inner = {
      stepId: started.stepId,
      outers: match.outers,
      presumed,
      reason: started.linkedBy,
      current: presumed,
      ended: null,
    };
    inners.set(started.stepId, inner);
    for (const stepId of match.outers) outers.get(stepId)?.undecided.add(started.stepId);
    const outer = presumed === null ? undefined : outers.get(presumed);
    if (outer) attach(outer, inner.stepId);
  }

  function attach(outer: Outer, innerId: string): void {
    outer.inner.add(innerId);
    outer.isJudged = false;
    if (outer.ended === null) setGateway(outer, innerId);
  }

  function setGateway(outer: Outer, innerId: string | null): void {
    if (outer.gatewayStep === innerId) return;
    outer.gatewayStep = innerId;
    options.onGateway(outer.stepId, innerId);
  }

  function setWaiting(stepId: string, isWaiting: boolean): void {
    const outer = outers.get(stepId);
    if (outer) outer.isWaiting = isWaiting;
  }

  function end(event: StepEnded): void {
    const inner = inners.get(event.stepId);
    const outer = outers.get(event.stepId);
    if (inner) inner.ended = event;
    if (outer) {
      outer.ended = event;
      outer.isWaiting = false;
      if (outer.undecided.size === 0 && outer.inner.size === 0) outers.delete(event.stepId);
    }
    if (!inner && !outers.has(event.stepId)) return;
    isDue = true;
    immediate ??= setImmediate(() => void settle());
  }

  function settle(): Promise<void> {
    clearImmediate(immediate);
    immediate = undefined;
    if (!isDue) return settling;
    isDue = false;
    settling = settling.then(judgeAll);
    return settling;
  }

  async function judgeAll(): Promise<void> {
    // What ends while we wait for the disk may not be written yet: that is for the next time.
    const over = new Set([...inners.values(), ...outers.values()].filter(({ ended }) => ended !== null).map(({ stepId }) => stepId));
    try {
      await options.flush();
      for (const inner of [...inners.values()]) decide(inner, over);
      for (const outer of [...outers.values()]) finish(outer, over);
    } catch (error) {
      options.onTrouble(error);
    }
    answers.clear();
  }

  function answerOf(stepId: string, read: (stepId: string) => Uint8Array | undefined): AnswerFacts {
    const known = answers.get(stepId);
    if (known) return known;
    const facts = readAnswerFacts(read(stepId) ?? new Uint8Array());
    answers.set(stepId, facts);
    return facts;
  }

  /** When the call and all steps that it may belong to are over, their answers have the last word. */
  function decide(inner: Inner, over: ReadonlySet<string>): void {
    const possible = inner.outers.flatMap((stepId) => outers.get(stepId) ?? []);
    if (!over.has(inner.stepId) || possible.some((outer) => !over.has(outer.stepId))) return;
    inners.delete(inner.stepId);
    for (const outer of possible) outer.undecided.delete(inner.stepId);
    const said = answerOf(inner.stepId, options.upstream);
    const judged = possible.map((outer) => ({ outer, ...matchAnswers(said, answerOf(outer.stepId, options.emitted)) }));
    const alike = judged
      .filter(({ verdict, isCertain }) => verdict === 'same' && (inner.presumed !== null || isCertain))
      .toSorted((a, b) => b.score - a.score || a.outer.inner.size - b.outer.inner.size);
    const isStillPresumed = judged.some(({ outer, verdict }) => outer.stepId === inner.presumed && verdict !== 'different');
    // Equal requests often have equal answers: then it stays where it is.
    const best = alike.find(({ outer, score }) => outer.stepId === inner.presumed && score === alike[0]?.score) ?? alike[0];
    if (best) move(inner, best.outer, true);
    else if (!isStillPresumed && inner.presumed !== null) doubt(inner);
  }

  function move(inner: Inner, to: Outer, isByAnswer: boolean): void {
    const from = inner.current === null ? undefined : outers.get(inner.current);
    if (from !== to) {
      from?.inner.delete(inner.stepId);
      inner.current = to.stepId;
      attach(to, inner.stepId);
    }
    const reason = isByAnswer ? toReason([...toEvidence(inner), 'same answer'].join(', ')) : inner.reason;
    options.onInner(inner.stepId, to.stepId, reason);
  }

  /** The request fits and the answer does not: it is another program's when the step has a better call. */
  function doubt(inner: Inner): void {
    const outer = inner.presumed === null ? undefined : outers.get(inner.presumed);
    if (!outer) return;
    const others = [...outer.inner].filter((stepId) => stepId !== inner.stepId);
    const emitted = answerOf(outer.stepId, options.emitted);
    if (!others.some((stepId) => matchAnswers(answerOf(stepId, options.upstream), emitted).verdict === 'same')) return;
    outer.inner.delete(inner.stepId);
    options.onInner(inner.stepId, null, null);
  }

  function finish(outer: Outer, over: ReadonlySet<string>): void {
    if (!over.has(outer.stepId) || outer.undecided.size > 0) return;
    outers.delete(outer.stepId);
    if (outer.isJudged) return;
    const source = findSource(outer);
    setGateway(outer, source?.stepId ?? [...outer.inner].at(-1) ?? null);
    if (source?.isSure) judge(outer, source.stepId);
  }

  /** Of several calls (retries, side calls) the one that the answer was made from: the last one like it. */
  function findSource(outer: Outer): { stepId: string; isSure: boolean } | undefined {
    const emitted = answerOf(outer.stepId, options.emitted);
    const judged = [...outer.inner].map((stepId) => {
      const said = answerOf(stepId, options.upstream);
      return { stepId, hasSaid: !isEmpty(said), ...matchAnswers(said, emitted) };
    });
    const same = judged.filter(({ verdict }) => verdict === 'same');
    const best = Math.max(...same.map(({ score }) => score));
    const found = same.findLast(({ score }) => score === best);
    if (found) return { stepId: found.stepId, isSure: true };
    // Nothing of it arrived, or there was nothing to say: the request is all there is to go by.
    const last = judged.findLast(({ hasSaid }) => hasSaid) ?? judged.at(-1);
    return last && { stepId: last.stepId, isSure: last.verdict === 'unknown' };
  }

  function judge(outer: Outer, innerId: string): void {
    const findings = options.findings(outer.stepId);
    const emitted = options.emitted(outer.stepId);
    const inner = options.upstream(innerId);
    if (findings && emitted && inner && inner.length > 0) options.onFindings(outer.stepId, gatewayFindings({ findings, emitted, inner }));
  }

  return {
    observe,
    link,
    settle,
    close: settle,
  };
}

function withCounts(outer: Outer): OuterCall {
  return { stepId: outer.stepId, innerOf: outer.innerOf, order: outer.order, innerCount: outer.inner.size, facts: outer.facts() };
}

function parseBody({ body }: { body: Uint8Array }): JsonObject {
  if (body.length > MAX_BODY_BYTES) return {};
  return parseJsonObject(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) ?? {};
}

const REASON = 'call of a gateway: ';

function toReason(evidence: string): string {
  return `${REASON}${evidence}`;
}

function toEvidence({ reason }: Inner): string[] {
  return reason?.startsWith(REASON) ? [reason.slice(REASON.length)] : [];
}
