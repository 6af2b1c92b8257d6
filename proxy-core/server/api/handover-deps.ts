/** What the routes need that run a session again, compare it, or hand it over. */
import type { Verdict } from '../../protocol/api/control-api.ts';
import type { SessionRecord } from '../../bundle/session-record.ts';
import type { Importer } from '../../import/create-importer.ts';
import type { Replays } from '../../replay/create-replays.ts';
import type { Probes } from '../../probe/create-probes.ts';

export interface HandoverDeps {
  /** Verdicts of real clients per step, for bundles. */
  judge?: (record: SessionRecord) => Promise<Verdict[][]>;
  importer: Importer;
  replays: Replays;
  probes: Probes;
}
