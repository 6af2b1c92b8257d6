/**
 * Verdicts for recorded streams, on demand: a client takes some tenths of a second per stream, so the same
 * bytes are judged once and remembered. The clients' worker threads start with the first question.
 */
import { createHash } from 'node:crypto';
import type { Verdict } from '../protocol/api/control-api.ts';
import { createVerdictRunner, type VerdictRunner } from './run-clients.ts';

export interface StreamJudge {
  /**
   * @param next bytes of the step that answers the first one's calls; only looked at when it has calls.
   * @param again true judges anew what was judged before.
   */
  judge(first: Uint8Array, next?: Uint8Array, again?: boolean): Promise<Verdict[]>;
  close(): Promise<void>;
}

const MAX_REMEMBERED = 200;

export function createStreamJudge(): StreamJudge {
  let runner: VerdictRunner | undefined;
  const remembered = new Map<string, Promise<Verdict[]>>();

  async function run(first: Uint8Array, second: Uint8Array | undefined): Promise<Verdict[]> {
    runner ??= createVerdictRunner();
    return (await runner.run(first, second)).verdicts;
  }

  return {
    judge(first, next, again = false) {
      const key = createHash('sha256')
        .update(first)
        .update('\0')
        .update(next ?? '')
        .digest('hex');
      const known = remembered.get(key);
      if (known && !again) return known;
      const verdicts = run(first, next);
      if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
      remembered.set(key, verdicts);
      // A run that failed may go better the next time.
      verdicts.catch(() => remembered.delete(key));
      return verdicts;
    },
    close: async () => runner?.close(),
  };
}
