/** `lint` and `translate` without a network: a long stream in memory, read as the commands read it. */
import { translateRecorded } from '../../proxy-core/exchange/translate-recorded.ts';
import { lintStreams } from '../../proxy-core/linter/lint-streams.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import { takePairs, toResult, type BenchLine } from '../bench-line.ts';
import { parseAll } from '../lib/parse-floor.ts';
import { anthropicFrames, dataLines, responsesFrames } from '../lib/wire-frames.ts';

const floorIs = 'JSON.parse of the same data lines';

export const offlineLint: BenchLine = {
  id: 'offline-lint',
  async run({ isQuick }) {
    const frames = responsesFrames(isQuick ? 2_000 : 20_000);
    const bytes = Buffer.concat(frames);
    const lines = dataLines(frames);
    const lint = (): number => {
      const startedAt = performance.now();
      const [linted] = lintStreams([{ name: 'bench.sse', bytes }]);
      if (linted?.events !== frames.length || linted.findings.length > 0) throw new Error('The stream was not linted as a clean one.');
      return (frames.length * 1000) / (performance.now() - startedAt);
    };
    for (let i = 0; i < 5; i++) lint();
    const pairs = await takePairs(isQuick ? 3 : 21, lint, () => (lines.length * 1000) / parseAll(lines));
    return [toResult({ line: 'offline lint', unit: 'events/s', floorIs, target: { as: 'times', atLeast: 0.35 }, pairs })];
  },
};

export const offlineTranslate: BenchLine = {
  id: 'offline-translate',
  async run({ isQuick }) {
    const frames = anthropicFrames(isQuick ? 2_000 : 20_000);
    const bytes = Buffer.concat(frames);
    const lines = dataLines(frames);
    const translate = (): number => {
      const startedAt = performance.now();
      const { events } = translateRecorded({ bytes, translator: translators.anthropic });
      if (events.length < frames.length) throw new Error('The stream was not translated whole.');
      return (frames.length * 1000) / (performance.now() - startedAt);
    };
    for (let i = 0; i < 5; i++) translate();
    const pairs = await takePairs(isQuick ? 3 : 21, translate, () => (lines.length * 1000) / parseAll(lines));
    return [toResult({ line: 'offline translate', unit: 'events/s', floorIs, target: { as: 'times', atLeast: 0.2 }, pairs })];
  },
};
