/** The live linter on the taps of a stream: both sides read, events already parsed by whoever made them. */
import { createLiveLinter } from '../../proxy-core/linter/live-linter.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { takePairs, toResult, type BenchLine } from '../bench-line.ts';
import { parseAll } from '../lib/parse-floor.ts';
import { asNewStep, tapEventsOf } from '../lib/tap-events.ts';

export const liveLint: BenchLine = {
  id: 'live-lint',
  async run({ isQuick }) {
    const events = tapEventsOf(isQuick ? 2_000 : 20_000);
    const lines = events.flatMap((event) => (event.type === 'client.write' ? event.events.map(({ data }) => data) : []));
    const lint = (): number => {
      const found: Finding[] = [];
      const observe = createLiveLinter({ onFindings: (_stepId, findings) => void found.push(...findings) });
      const step = asNewStep(events);
      const startedAt = performance.now();
      for (const event of step) observe(event);
      const elapsedMs = performance.now() - startedAt;
      if (found.length > 0) throw new Error(`The stream was not linted as a clean one: ${found[0]?.message}`);
      return (lines.length * 1000) / elapsedMs;
    };
    for (let i = 0; i < 5; i++) lint();
    return [
      toResult({
        line: 'live lint, both sides of a translated stream',
        unit: 'events/s',
        floorIs: 'JSON.parse of the data lines to the client',
        target: null,
        pairs: await takePairs(isQuick ? 3 : 21, lint, () => (lines.length * 1000) / parseAll(lines)),
      }),
    ];
  },
};
