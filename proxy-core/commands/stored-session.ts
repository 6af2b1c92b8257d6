/** Sessions of a data folder, for commands that read the store without a bridge. */
import { readConfig } from '../config.ts';
import { readSessionRecord, type SessionRecord } from '../bundle/session-record.ts';
import { UsageError } from '../errors.ts';
import { openDatabaseForReading } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries, type RecordQueries } from '../recorder/queries/create-queries.ts';
import type { CommandContext } from './command.ts';

export interface StoredSessionOptions {
  dataDir: string | undefined;
  context: CommandContext;
}

/** @param wanted an id, or `last`. @throws UsageError when there is no such session, or no store. */
export async function readStoredSession(wanted: string, options: StoredSessionOptions): Promise<SessionRecord> {
  return withStore(options, (queries, noSession) => readSessionRecord(queries, toSessionId(queries, wanted)) ?? noSession(wanted));
}

/** @param read is given the record, and what says that a session is not in it. */
export async function withStore<Result>(
  { dataDir, context }: StoredSessionOptions,
  read: (queries: RecordQueries, noSession: (wanted: string) => never) => Result,
): Promise<Result> {
  const config = readConfig({ dataDir }, context.env, context.cwd);
  const db = openDatabaseForReading(config.dataDir);
  try {
    const pricer = createPricer();
    await pricer.ready();
    return read(createQueries(db, pricer), (wanted) => {
      throw new UsageError(`There is no session ${wanted} in ${config.dataDir}. See: deltascope sessions.`);
    });
  } finally {
    db.close();
  }
}

/** `last` is the newest one; empty when there is none. */
export function toSessionId(queries: RecordQueries, wanted: string): string {
  return wanted === 'last' ? (queries.sessions.page({ limit: 1 }).sessions[0]?.id ?? '') : wanted;
}
