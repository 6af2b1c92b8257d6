/**
 * The shape of one rule: what it says about itself, and what it does with a stream. A rule only looks
 * at facts and reports; it reads no files, keeps no clock and never changes the model.
 */
import type { JsonObject } from '../json.ts';
import type { Hop, Severity } from './finding.ts';
import type { EndInfo, SessionFacts } from './lint-event.ts';
import type { EventRole, EventSpec } from './model/event-catalog.ts';
import type { EventFacts } from './model/event-facts.ts';
import type { ItemState } from './model/item-state.ts';
import type { StreamModel } from './model/stream-model.ts';

export interface Rule {
  /** Contract section 4. */
  id: string;
  severity: Severity;
  /** Short name for a card. */
  title: string;
  /** Why it matters, in one or two sentences. */
  why: string;
  /** Where the protocol says so, with its date. */
  source: string;
  /** Which clients break and how (measured), or what else goes wrong. */
  breaks: string;
  /** What the maker of a bridge should do. */
  fix: string;
  /** After a finding of these rules on the same item this one stays silent: it would follow from it. */
  silentAfter?: readonly string[];
  /** True for rules about the client's request: their findings are the client's. */
  isAboutRequest?: boolean;
  /** The only kinds of events that the rule's `event` wants to see (null: no known event); absent: all. */
  watches?: readonly EventRole[] | ((spec: EventSpec | null) => boolean);
  example: { good: LintCase; bad: LintCase };
  create(context: RuleContext): RuleVisitor;
}

export interface RuleVisitor {
  request?(request: JsonObject): void;
  /** Called on its own, without `this`. */
  event?: (facts: EventFacts) => void;
  end?(info: EndInfo): void;
}

export interface RuleContext {
  readonly model: StreamModel;
  readonly session: SessionFacts;
  readonly request: JsonObject | undefined;
  readonly report: (problem: Problem) => void;
}

export interface Problem {
  message: string;
  /** The event it is about; absent for something that is missing or lies in the request. */
  facts?: EventFacts;
  /** When it is about an earlier event. */
  eventIndex?: number;
  /** The item it is about; default: that of the event. Null: about no item. */
  item?: ItemState | null;
  itemId?: string | null;
  outputIndex?: number | null;
  expected?: unknown;
  actual?: unknown;
  /** Overrides the rule's severity. */
  severity?: Severity;
  /** Set when the rule itself can tell; else it is worked out at the end. */
  hop?: Hop;
  /** Findings with the same key are one fault; default: the item. */
  group?: string;
  /**
   * True for what holds for the stream as a whole (no `event:` lines at all, say): only the first event
   * becomes a finding, the others its `related`.
   */
  once?: boolean;
}

/** A small stream for tests, documentation and the page's rule card. */
export interface LintCase {
  events: CaseEvent[];
  request?: JsonObject;
  session?: SessionFacts;
  end?: EndInfo;
}
export type CaseEvent = JsonObject | { raw: string; name?: string | null; tUs?: number; isTerminated?: boolean };

export function defineRule(rule: Rule): Rule {
  return rule;
}
