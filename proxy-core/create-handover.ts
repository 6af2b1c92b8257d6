/** Everything that runs a session again or hands it over, wired: import, bundles' verdicts, replays, probes. */
import { createBundler } from './bundle/create-bundler.ts';
import { readSessionRecord } from './bundle/session-record.ts';
import { createId } from './exchange/create-id.ts';
import { createImporter } from './import/create-importer.ts';
import type { OtelTarget } from './otel/otel-target.ts';
import { createProbes } from './probe/create-probes.ts';
import type { WritableDatabase } from './recorder/database.ts';
import type { RecordQueries } from './recorder/queries/create-queries.ts';
import type { RecordingThread } from './recording/recording-types.ts';
import type { Redactor } from './recorder/redact.ts';
import { createReplays } from './replay/create-replays.ts';
import type { HandoverDeps } from './server/api/handover-deps.ts';
import type { LiveFeed } from './server/api/live-feed.ts';
import type { TranslatingUpstream, UpstreamKind } from './upstreams/upstream.ts';
import type { StreamJudge } from './verdicts/stream-judge.ts';

export interface HandoverOptions {
  db: WritableDatabase;
  dataDir: string;
  queries: RecordQueries;
  recorder: RecordingThread;
  redactor: Redactor;
  live: LiveFeed;
  judge: StreamJudge;
  translators: Readonly<Partial<Record<UpstreamKind, TranslatingUpstream>>>;
  upstreams: readonly { name: string }[];
  /** The bridge's own address, known when it listens. */
  bridgeUrl: () => string;
  token: string;
  otelTarget: OtelTarget | null;
}

export type Handover = HandoverDeps & { close(): Promise<void> };

export function createHandover(options: HandoverOptions): Handover {
  const { db, dataDir, queries, recorder, redactor, live, judge, translators, upstreams, bridgeUrl, token, otelTarget } = options;
  // What is imported or translated again is judged by whoever does it.
  const judged = { ...recorder, observe: recorder.observeJudged };
  const nowUs = () => Date.now() * 1000;
  const importer = createImporter({ recorder: judged, createId, masks: redactor, nowUs, onImported: live.sessionChanged });
  const replays = createReplays({
    ...{ recorder: judged, translators, upstreams, masks: redactor, createId, bridgeUrl, token },
    onSessionChanged: live.sessionChanged,
  });
  const bundler = createBundler({
    judge,
    toSource(sessionId) {
      if (!db.memory) return { type: 'store', dataDir, sessionId };
      const record = readSessionRecord(queries, sessionId);
      return record && { type: 'record', record };
    },
  });
  const probes = createProbes({ createId, nowUs, onCredential: redactor.addSecret, keep: importer.importSession });
  return {
    ...{ bundler, importer, replays, probes },
    otel: { target: otelTarget, onSecret: redactor.addSecret },
    async close() {
      await bundler.close();
      replays.close();
      probes.close();
    },
  };
}
