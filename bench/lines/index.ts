/** The lines of the benchmark, in the order in which they are printed. */
import type { BenchLine } from '../bench-line.ts';
import { desktop } from './desktop.ts';
import { firstEvent } from './first-event.ts';
import { storeGrowth, streamGrowth } from './growth.ts';
import { liveLint } from './live-lint.ts';
import { manyStreams } from './many-streams.ts';
import { memory } from './memory.ts';
import { offlineLint, offlineTranslate } from './offline.ts';
import { oneStream } from './one-stream.ts';
import { page } from './page.ts';
import { pageLive } from './page-live.ts';
import { passthrough } from './passthrough.ts';
import { recorderLine } from './recorder.ts';
import { bridgeStart, lintStart } from './starts.ts';

export const benchLines: readonly BenchLine[] = [
  oneStream,
  manyStreams,
  firstEvent,
  passthrough,
  recorderLine,
  offlineLint,
  offlineTranslate,
  liveLint,
  lintStart,
  bridgeStart,
  memory,
  streamGrowth,
  storeGrowth,
  page,
  pageLive,
  desktop,
];
