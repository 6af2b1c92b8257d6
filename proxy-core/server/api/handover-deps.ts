/** What the routes need that run a session again, compare it, or hand it over. */
import type { Bundler } from '../../bundle/create-bundler.ts';
import type { Importer } from '../../import/create-importer.ts';
import type { OtelTarget } from '../../otel/otel-target.ts';
import type { Replays } from '../../replay/create-replays.ts';
import type { Probes } from '../../probe/create-probes.ts';

export interface HandoverDeps {
  bundler: Bundler;
  importer: Importer;
  replays: Replays;
  probes: Probes;
  otel: {
    /** Where spans go unless a request says otherwise; null when nothing is configured. */
    target: OtelTarget | null;
    /** Told of credentials before they are used. */
    onSecret(secret: string): void;
  };
}
