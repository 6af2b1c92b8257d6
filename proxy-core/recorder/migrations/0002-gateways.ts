/**
 * Gateways recorded on both sides: an inner call names the step that it was made for, and that step names
 * the one of its inner calls that its answer was made from. Ids, because either row may be written first.
 */
import type { Migration } from './index.ts';

export const gateways: Migration = {
  version: 2,
  name: 'gateways',
  sql: `
ALTER TABLE steps ADD COLUMN inner_of TEXT;
ALTER TABLE steps ADD COLUMN gateway_step TEXT;
CREATE INDEX steps_by_outer ON steps (inner_of) WHERE inner_of IS NOT NULL;
`,
};
