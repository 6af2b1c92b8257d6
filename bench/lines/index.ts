/** The lines of the benchmark, in the order in which they are printed. */
import type { BenchLine } from '../bench-line.ts';
import { desktop } from './desktop.ts';
import { firstEvent } from './first-event.ts';
import { manyStreams } from './many-streams.ts';
import { oneStream } from './one-stream.ts';
import { passthrough } from './passthrough.ts';

export const benchLines: readonly BenchLine[] = [oneStream, manyStreams, firstEvent, passthrough, desktop];
