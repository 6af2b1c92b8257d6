/**
 * When a session came into this store: one that was imported today is not old, whenever it was recorded.
 * Null in rows of older versions, where the start stands for it.
 */
import type { Migration } from './index.ts';

export const storedAt: Migration = {
  version: 3,
  name: 'stored-at',
  sql: 'ALTER TABLE sessions ADD COLUMN stored_at INTEGER;',
};
