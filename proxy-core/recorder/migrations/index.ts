/** The registry of schema changes: forward only, in order, never edited once released. */
import { captures } from './0001-captures.ts';
import { gateways } from './0002-gateways.ts';
import { storedAt } from './0003-stored-at.ts';
import { blobs } from './0004-blobs.ts';

export interface Migration {
  /** `PRAGMA user_version` after this migration; 1, 2, 3 … */
  version: number;
  name: string;
  sql: string;
}

export const migrations: readonly Migration[] = [captures, gateways, storedAt, blobs];

export const SCHEMA_VERSION = migrations.length;
