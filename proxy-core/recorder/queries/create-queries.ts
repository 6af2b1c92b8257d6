/** All that can be asked of the record, over one connection. */
import type { ReadableDatabase } from '../database.ts';
import type { Pricer } from '../prices.ts';
import { createColumnQueries, type ColumnQueries } from './columns.ts';
import { createSessionQueries, type SessionQueries } from './sessions.ts';
import { createStepQueries, type StepQueries } from './step-detail.ts';
import { createStreamQueries, type StreamQueries } from './streams.ts';

export interface RecordQueries {
  sessions: SessionQueries;
  steps: StepQueries;
  streams: StreamQueries;
  columns: ColumnQueries;
  /** Many questions over one lock of the file. The questions must not wait for anything. */
  inOneRead<Result>(ask: () => Result): Result;
}

export function createQueries(db: ReadableDatabase, pricer: Pricer): RecordQueries {
  return {
    sessions: createSessionQueries(db, pricer),
    steps: createStepQueries(db),
    streams: createStreamQueries(db),
    columns: createColumnQueries(db),
    inOneRead: (ask) => db.transaction(ask)(),
  };
}
