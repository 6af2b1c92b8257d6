/**
 * A gate is one check of `npm test`. It says how much it examined, because a gate that examined nothing
 * must not be green, and how many of its checks passed, failed and were skipped.
 */
export interface GateResult {
  /** What was looked at, `212 files` say. */
  examined: { count: number; what: string };
  passed: number;
  failed: number;
  skipped: number;
  /** One line each: what was skipped and why. */
  notes: string[];
  /** Shown when something failed. */
  output: string;
}

export interface Gate {
  name: string;
  run: () => Promise<GateResult>;
}

/** A gate that is a single check: it passes or fails as a whole. */
export function toSingleResult(isOk: boolean, count: number, what: string, output: string): GateResult {
  return { examined: { count, what }, passed: isOk ? 1 : 0, failed: isOk ? 0 : 1, skipped: 0, notes: [], output };
}

/** A gate that could not run here, and why: counted as skipped and printed, never silent. */
export function toSkippedResult(why: string): GateResult {
  return { examined: { count: 0, what: 'nothing' }, passed: 0, failed: 0, skipped: 1, notes: [why], output: '' };
}

/** Turns "examined nothing" into a failure. */
export function requireExamined(result: GateResult): GateResult {
  if (result.examined.count > 0 || (result.skipped > 0 && result.passed + result.failed === 0)) return result;
  return { ...result, failed: result.failed + 1, output: `${result.output}\nThis check examined nothing, so it proves nothing.\n` };
}
