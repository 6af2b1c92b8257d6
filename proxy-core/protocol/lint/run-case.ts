/** Runs a rule's example through the linter: numbers the events as a server would and names the frames. Pure. */
import type { CaseEvent, LintCase, Rule } from './define-rule.ts';
import type { Finding } from './finding.ts';
import { asNumber, asString, parseJsonObject, type JsonObject } from '../json.ts';
import type { LintEvent } from './lint-event.ts';
import { createLinter, sortFindings } from './run-rules.ts';

export function toCaseEvents(events: readonly CaseEvent[]): LintEvent[] {
  return events.map((event, index) => {
    const raw = asString((event as JsonObject)['raw']);
    if (raw !== undefined) {
      const given = event as { raw: string; name?: string | null; tUs?: number; isTerminated?: boolean };
      const json = parseJsonObject(raw);
      return {
        index,
        name: given.name === undefined ? (asString(json?.['type']) ?? null) : given.name,
        data: raw,
        json,
        tUs: given.tUs ?? null,
        chunkIndex: null,
        ...(given.isTerminated === false ? { isTerminated: false } : {}),
      };
    }
    const object = event as JsonObject;
    const json = 'sequence_number' in object ? object : { ...object, sequence_number: index };
    const numbered: JsonObject = { ...json };
    if (numbered['sequence_number'] === null) delete numbered['sequence_number'];
    const tUs = asNumber(numbered['$tUs']) ?? null;
    delete numbered['$tUs'];
    return { index, name: asString(numbered['type']) ?? null, data: JSON.stringify(numbered), json: numbered, tUs, chunkIndex: null };
  });
}

export function runCase(lintCase: LintCase, rules?: readonly Rule[]): Finding[] {
  const linter = createLinter({
    ...(lintCase.request ? { request: lintCase.request } : {}),
    ...(lintCase.session ? { session: lintCase.session } : {}),
    ...(rules ? { rules } : {}),
  });
  for (const event of toCaseEvents(lintCase.events)) linter.event(event);
  linter.end(lintCase.end);
  return sortFindings(linter.findings);
}
