/**
 * Which outer step an inner call belongs to: a gateway in the middle gets a request from us and sends one
 * of its own through us. Two looks: at the requests, when the inner call arrives (`matchRequests`), and at
 * the answers, when both are over (`matchAnswers`), which outranks the first. Pure; ./gateway-watch.ts
 * keeps the time.
 */
import type { AnswerFacts, RequestFacts } from './gateway-call-facts.ts';

export interface OuterCall {
  stepId: string;
  /** Set when this step is itself the inner call of another: gateways behind gateways. */
  innerOf: string | undefined;
  /** Position in time: of two that fit alike the earlier one comes first. */
  order: number;
  /** Inner calls it has already. */
  innerCount: number;
  facts: RequestFacts;
}

export interface RequestMatch {
  /** The steps that it may belong to, the likeliest first. */
  outers: string[];
  /** Why the first one, in words; null when the requests alone don't say: then only the answers can. */
  reason: string | null;
}

/** The requests: the last words of the user, or the ids or outputs of answered calls, must be the same. */
export function matchRequests(inner: RequestFacts, outers: readonly OuterCall[]): RequestMatch {
  const judged = outers.map((outer) => ({ outer, ...compareRequests(inner, outer.facts) }));
  const alike = judged.filter(({ evidence }) => evidence.length > 0);
  if (alike.length === 0) return { outers: outers.map(({ stepId }) => stepId), reason: null };
  const best = Math.max(...alike.map(({ score }) => score));
  const tied = alike.filter(({ score }) => score === best);
  const stepIds = new Set(tied.map(({ outer }) => outer.stepId));
  // A gateway behind a gateway made the call, not the one in front of it.
  const parents = new Set(tied.flatMap(({ outer }) => (outer.innerOf !== undefined && stepIds.has(outer.innerOf) ? [outer.innerOf] : [])));
  const nearest = tied
    .filter(({ outer }) => !parents.has(outer.stepId))
    .toSorted((a, b) => a.outer.innerCount - b.outer.innerCount || a.outer.order - b.outer.order);
  return { outers: nearest.map(({ outer }) => outer.stepId), reason: nearest[0]?.evidence.join(', ') ?? null };
}

function compareRequests(inner: RequestFacts, outer: RequestFacts): { score: number; evidence: string[] } {
  const evidence: string[] = [];
  let score = 0;
  const words = inner.userTexts.at(-1);
  if (words !== undefined && words === outer.userTexts.at(-1)) {
    evidence.push('same prompt');
    score += 8;
  }
  const innerIds = new Set(inner.callIds);
  const shared = outer.callIds.filter((id) => innerIds.has(id)).length;
  if (shared > 0) {
    evidence.push('same call ids');
    score += 8 * (shared / outer.callIds.length);
  } else if (hasOutputsOf(inner, outer)) {
    evidence.push('same tool outputs');
    score += 6;
  }
  if (evidence.length === 0) return { score, evidence };
  // Only to tell apart what is alike so far: earlier turns, then tools, then the model's name.
  if (inner.outputs.length === outer.outputs.length) score += 3;
  const earlier = new Set(inner.userTexts);
  if (outer.userTexts.length > 0) score += 3 * (outer.userTexts.filter((text) => earlier.has(text)).length / outer.userTexts.length);
  if (inner.userTexts.length === outer.userTexts.length) score += 2;
  score += 2 * overlap(new Set(inner.toolNames), new Set(outer.toolNames));
  if (isRelatedModel(inner.model, outer.model)) {
    evidence.push('same model');
    score += 2;
  }
  return { score, evidence };
}

const MIN_OUTPUT = 8;

/** All that the calls gave is there, in whatever wrapping. Short outputs say nothing: everybody answers `ok`. */
function hasOutputsOf(inner: RequestFacts, outer: RequestFacts): boolean {
  const telling = outer.outputs.filter((output) => output.length >= MIN_OUTPUT);
  return telling.length > 0 && telling.every((output) => inner.outputs.some((one) => one.includes(output)));
}

/** `claude` and `claude-haiku-4-5`, `openai/gpt-5` and `gpt-5`. */
function isRelatedModel(inner: string | null, outer: string | null): boolean {
  if (!inner || !outer) return false;
  const [a, b] = [inner, outer].map((model) => model.slice(model.lastIndexOf('/') + 1).toLowerCase()) as [string, string];
  return a.includes(b) || b.includes(a);
}

export type AnswerMatch = 'same' | 'different' | 'unknown';

const ALIKE = 0.5;
const CERTAIN = 0.8;
const MIN_PAIRS = 8;

/** The answers: a shared call id, or words in the same order. Unknown when one side said nothing. */
export function matchAnswers(inner: AnswerFacts, outer: AnswerFacts): { verdict: AnswerMatch; isCertain: boolean; score: number } {
  if (isEmpty(inner) || isEmpty(outer)) return { verdict: 'unknown', isCertain: false, score: 0 };
  const sharesCall = [...inner.callIds].some((id) => outer.callIds.has(id));
  // Of one-word answers only the words can be compared.
  const hasPairs = inner.pairs.size > 0 && outer.pairs.size > 0;
  const share = hasPairs ? overlap(inner.pairs, outer.pairs) : overlap(inner.words, outer.words);
  const score = share + (sharesCall ? 1 : 0);
  const isCertain = sharesCall || (share >= CERTAIN && Math.min(inner.pairs.size, outer.pairs.size) >= MIN_PAIRS);
  return { verdict: score >= ALIKE ? 'same' : 'different', isCertain, score };
}

export function isEmpty(answer: AnswerFacts): boolean {
  return answer.words.size === 0 && answer.callIds.size === 0;
}

/** How much of the smaller set is in the other one; 0 for an empty set. */
function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const [small, large] = left.size <= right.size ? [left, right] : [right, left];
  if (small.size === 0) return 0;
  let shared = 0;
  for (const value of small) if (large.has(value)) shared += 1;
  return shared / small.size;
}
