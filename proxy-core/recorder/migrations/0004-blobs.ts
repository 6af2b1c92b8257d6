/**
 * Long strings of bodies and items (images, files) once each, however often a history is sent again. Who uses
 * a blob is written down, and the last of its users takes it along; see ../../storage/blob-store.ts.
 */
import type { Migration } from './index.ts';

export const blobs: Migration = {
  version: 4,
  name: 'blobs',
  sql: `
CREATE TABLE blobs (no INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE blob_uses (owner TEXT NOT NULL, owner_no INTEGER NOT NULL, blob_no INTEGER NOT NULL,
  PRIMARY KEY (owner, owner_no, blob_no)) WITHOUT ROWID;
CREATE INDEX blob_uses_by_blob ON blob_uses (blob_no);
CREATE TRIGGER blob_uses_of_body AFTER DELETE ON bodies BEGIN
  DELETE FROM blob_uses WHERE owner = 'body' AND owner_no = OLD.no;
END;
CREATE TRIGGER blob_uses_of_item AFTER DELETE ON items BEGIN
  DELETE FROM blob_uses WHERE owner = 'item' AND owner_no = OLD.no;
END;
CREATE TRIGGER blobs_without_use AFTER DELETE ON blob_uses BEGIN
  DELETE FROM blobs WHERE no = OLD.blob_no AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_no = OLD.blob_no);
END;
`,
};
