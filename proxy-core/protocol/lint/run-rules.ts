/**
 * Runs all rules over one stream. One event in, its findings out at once; the model is kept here, once,
 * and read by every rule. Cascade control: a rule that would only repeat another one's finding on the
 * same item stays silent, and what belongs to one fault is linked through `related`. Pure.
 */
import { isObject, parseJsonObject, type JsonObject } from '../json.ts';
import type { Problem, Rule, RuleVisitor } from './define-rule.ts';
import type { Finding } from './finding.ts';
import { applyHop } from './hop.ts';
import { findKnownIssues } from './known-issues/match.ts';
import type { EndInfo, LintEvent, SessionFacts } from './lint-event.ts';
import type { EventSpec } from './model/event-catalog.ts';
import { createStreamModel, type StreamModel } from './model/stream-model.ts';
import { shorten } from './model/hash-json.ts';
import { createTraits } from './known-issues/traits.ts';
import { rules as allRules } from './rules/index.ts';

const MAX_RELATED = 200;
/** What nearly every event finds: one list for all of them. */
const NOTHING: Finding[] = [];
/** A stream that is wrong in every event says so in the first thousands. */
const MAX_FINDINGS_PER_RULE = 2000;
/** After the terminal event only these still say something of their own. */
const AFTER_TERMINAL = new Set(['single-terminal', 'data-json', 'event-name', 'sequence-number-present', 'sequence-number-contiguous']);

export interface LinterOptions {
  /** Only these rules report; the others still run, because they silence what follows from them. */
  ruleIds?: ReadonlySet<string>;
  /** The client's request, when known. */
  request?: JsonObject;
  session?: SessionFacts;
  rules?: readonly Rule[];
}

export interface Linter {
  /** Findings that this event completed. Their `related` and `message` may still grow until the end. */
  event(event: LintEvent): Finding[];
  /** The remaining findings; `hop` is set on all of them. Call once. */
  end(info?: EndInfo): Finding[];
  /** Everything found so far, in order of discovery. */
  readonly findings: readonly Finding[];
  readonly model: StreamModel;
}

export function createLinter(options: LinterOptions = {}): Linter {
  const rules = options.rules ?? allRules;
  const model = createStreamModel(options.request === undefined);
  const traits = createTraits();
  const findings: Finding[] = [];
  const firstOfGroup = new Map<string, Finding>();
  const firstOfFault = new Map<string, Finding>();
  const ofEvent = new Map<string, { finding: Finding; message: string; more: number }>();
  const countOfRule = new Map<string, number>();
  let fresh: Finding[] = [];
  let currentIndex: number | null = null;

  function report(rule: Rule, problem: Problem): void {
    const { facts } = problem;
    const item = problem.item === undefined ? (facts?.item ?? null) : problem.item;
    const event = problem.eventIndex ?? facts?.event.index ?? null;
    const { terminal } = model;
    if (event !== null && terminal && event > terminal.index && !AFTER_TERMINAL.has(rule.id)) return;
    // In a resumed stream the first part of such an item lies before the recording.
    if (model.isResumed && item && item.addedAt === null) return;
    const silencer = item && rule.silentAfter?.find((id) => item.faults.has(id));
    if (item && silencer !== undefined && silencer !== null) {
      link(firstOfFault.get(`${silencer} ${item.number}`), event);
      return;
    }
    const itemNumber = item ? item.number : -1;
    const group = `${rule.id} ${problem.group ?? itemNumber}`;
    const first = firstOfGroup.get(group);
    if (item && !item.faults.has(rule.id)) item.faults.set(rule.id, event);
    if (first && (problem.once || (event !== null && first.event === event))) {
      link(first, event);
      return;
    }
    const eventKey = `${rule.id} ${event}`;
    const same = event === null ? undefined : ofEvent.get(eventKey);
    if (same) {
      same.more += 1;
      same.finding.message = `${same.message} (and ${same.more} more in this event)`;
      return;
    }
    const finding: Finding = {
      rule: rule.id,
      severity: problem.severity ?? rule.severity,
      message: problem.message,
      event,
      sequenceNumber: facts?.sequenceNumber ?? null,
      outputIndex: problem.outputIndex === undefined ? (facts?.outputIndex ?? item?.outputIndex ?? null) : problem.outputIndex,
      itemId: problem.itemId === undefined ? (facts?.itemId ?? item?.id ?? null) : problem.itemId,
      expected: problem.expected === undefined ? null : shorten(problem.expected),
      actual: problem.actual === undefined ? null : shorten(problem.actual),
      related: [],
      hop: problem.hop ?? (rule.isAboutRequest ? 'client' : null),
      knownIssues: [],
    };
    if (event !== null && event === currentIndex) ofEvent.set(eventKey, { finding, message: finding.message, more: 0 });
    if (first) {
      link(first, event);
      if (first.event !== null) finding.related.push(first.event);
    } else {
      firstOfGroup.set(group, finding);
      if (item && !firstOfFault.has(`${rule.id} ${itemNumber}`)) firstOfFault.set(`${rule.id} ${itemNumber}`, finding);
    }
    const count = (countOfRule.get(rule.id) ?? 0) + 1;
    countOfRule.set(rule.id, count);
    if (count > MAX_FINDINGS_PER_RULE || (options.ruleIds && !options.ruleIds.has(rule.id))) return;
    finding.knownIssues = findKnownIssues(finding, traits, facts);
    findings.push(finding);
    fresh.push(finding);
  }

  const visitors: RuleVisitor[] = rules.map((rule) =>
    rule.create({ model, session: options.session ?? {}, request: options.request, report: (problem) => report(rule, problem) }),
  );
  if (options.request) for (const visitor of visitors) visitor.request?.(options.request);

  /** Nine of ten events are deltas, and most rules have nothing to say about those. */
  const indexesOf = watchingRules(rules);
  let lastSpec: EventSpec | null | undefined;
  let watching: readonly number[] = [];
  function watchersOf(spec: EventSpec | null): readonly number[] {
    if (spec === lastSpec) return watching;
    lastSpec = spec;
    watching = indexesOf(spec);
    return watching;
  }

  return {
    findings,
    model,
    event(event) {
      if (ofEvent.size > 0) ofEvent.clear();
      currentIndex = event.index;
      const facts = model.apply(event);
      traits.observe(facts);
      for (const at of watchersOf(facts.spec)) visitors[at]?.event?.(facts);
      return take();
    },
    end(info = {}) {
      ofEvent.clear();
      currentIndex = null;
      for (const visitor of visitors) visitor.end?.(info);
      applyHop(findings, info.upstream);
      return take();
    },
  };

  function take(): Finding[] {
    if (fresh.length === 0) return NOTHING;
    const taken = fresh;
    fresh = [];
    return taken;
  }
}

/** Which rules look at which kind of event, by their places: the same for every stream, so it is found out once. */
const watchingOf = new WeakMap<readonly Rule[], Map<EventSpec | null, readonly number[]>>();

function watchingRules(rules: readonly Rule[]): (spec: EventSpec | null) => readonly number[] {
  const known = watchingOf.get(rules) ?? new Map<EventSpec | null, readonly number[]>();
  watchingOf.set(rules, known);
  return (spec) => {
    const indexes = known.get(spec) ?? rules.flatMap((rule, at) => (isWatching(rule, spec) ? at : []));
    known.set(spec, indexes);
    return indexes;
  };
}

function isWatching({ watches }: Rule, spec: EventSpec | null): boolean {
  if (watches === undefined) return true;
  return typeof watches === 'function' ? watches(spec) : spec !== null && watches.includes(spec.role);
}

/** Adds an event to the finding that it belongs to. */
function link(finding: Finding | undefined, event: number | null): void {
  if (!finding || event === null || event === finding.event || finding.related.length >= MAX_RELATED) return;
  if (finding.related.at(-1) !== event && !finding.related.includes(event)) finding.related.push(event);
}

const UNTIMED = { tUs: null, chunkIndex: null };

/** One frame of a recorded stream as the linter wants it; undefined for [DONE]. */
export function toLintEvent(
  frame: { event: string | null; data: string; terminated?: boolean },
  index: number,
  times: { tUs: number | null; chunkIndex: number | null } = UNTIMED,
): LintEvent | undefined {
  if (isDone(frame.data)) return undefined;
  const json = parseJsonObject(frame.data);
  const event: LintEvent = { index, name: frame.event, data: frame.data, json, tUs: times.tUs, chunkIndex: times.chunkIndex };
  if (frame.terminated !== false) return event;
  // A last frame without its blank line whose JSON is cut too never was an event for anybody.
  return isObject(json) ? { ...event, isTerminated: false } : undefined;
}

export function isDone(data: string): boolean {
  // Asked for every event: long data is not copied only to be trimmed.
  return data.length < 32 && data.trim() === '[DONE]';
}

/** Lints a whole recorded stream. `events` counts the data frames but [DONE]. */
export function lintFrames(
  frames: readonly { event: string | null; data: string; terminated?: boolean }[],
  options: LinterOptions & { end?: EndInfo; times?: readonly { tUs: number | null; chunkIndex: number | null }[] } = {},
): { findings: Finding[]; events: number } {
  const linter = createLinter(options);
  let events = 0;
  frames.forEach((frame, position) => {
    const event = toLintEvent(frame, events, options.times?.[position]);
    if (!event) return;
    linter.event(event);
    events += 1;
  });
  linter.end(options.end);
  return { findings: sortFindings(linter.findings), events };
}

const rank = { error: 0, warning: 1, note: 2 } as const;

/** In order of the stream; what is about no event comes last, the graver before the lighter. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => (a.event ?? Infinity) - (b.event ?? Infinity) || rank[a.severity] - rank[b.severity]);
}
