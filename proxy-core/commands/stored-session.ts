/** A session of a data folder, for commands that read the store without a bridge. */
import { readConfig } from '../config.ts';
import { readSessionRecord, type SessionRecord } from '../bundle/session-record.ts';
import { UsageError } from '../errors.ts';
import { openDatabaseForReading } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries } from '../recorder/queries/create-queries.ts';
import type { CommandContext } from './command.ts';

export interface StoredSessionOptions {
  dataDir: string | undefined;
  context: CommandContext;
}

/** @param wanted an id, or `last`. @throws UsageError when there is no such session, or no store. */
export async function readStoredSession(wanted: string, { dataDir, context }: StoredSessionOptions): Promise<SessionRecord> {
  const config = readConfig({ dataDir }, context.env, context.cwd);
  const db = openDatabaseForReading(config.dataDir);
  try {
    const pricer = createPricer();
    await pricer.ready();
    const queries = createQueries(db, pricer);
    const id = wanted === 'last' ? queries.sessions.page({ limit: 1 }).sessions[0]?.id : wanted;
    const record = id === undefined ? undefined : readSessionRecord(queries, id);
    if (!record) throw new UsageError(`There is no session ${wanted} in ${config.dataDir}. See: deltascope sessions.`);
    return record;
  } finally {
    db.close();
  }
}
