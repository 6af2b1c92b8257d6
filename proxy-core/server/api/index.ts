/**
 * The control plane, `/api` (contract 3.4): the registry of its routers, one file each. The token and the
 * Host and Origin checks are done before (../middleware/access.ts).
 */
import express, { type Router } from 'express';
import type { BridgeInfo } from '../../protocol/api/control-api.ts';
import type { WritableDatabase } from '../../recorder/database.ts';
import type { Pricer } from '../../recorder/prices.ts';
import type { StreamJudge } from '../../verdicts/stream-judge.ts';
import type { RecordQueries } from '../../recorder/queries/create-queries.ts';
import type { RecordWriter } from '../../recorder/recorder.ts';
import type { Retention } from '../../recorder/retention.ts';
import { createBundleRouter } from './bundle.ts';
import { createColumnsRouter } from './columns.ts';
import { createDemoRunsRouter } from './demo-runs.ts';
import { createDiffRouter } from './diff.ts';
import type { HandoverDeps } from './handover-deps.ts';
import { createImportsRouter } from './imports.ts';
import { createInfoRouter } from './info.ts';
import { createKeepRouter } from './keep.ts';
import type { LiveFeed } from './live-feed.ts';
import { createLiveRouter } from './live.ts';
import { createOtlpRouter } from './otlp.ts';
import { createProbesRouter } from './probes.ts';
import { createReplaysRouter } from './replays.ts';
import { createRepairRouter } from './repair.ts';
import { createReproRouter } from './repro.ts';
import { createSessionsRouter } from './sessions.ts';
import { createStepsRouter } from './steps.ts';
import { createVerdictsRouter } from './verdicts.ts';

export interface ControlDeps {
  db: WritableDatabase;
  queries: RecordQueries;
  pricer: Pricer;
  recorder: Pick<RecordWriter, 'flush'>;
  retention: Pick<Retention, 'status' | 'change'>;
  live: LiveFeed;
  info: () => BridgeInfo;
  judge: StreamJudge;
  /** Takes known secrets out of a text. */
  mask: (text: string) => string;
  /** Runs the demo conversation; null when its session is not known. */
  runDemo: () => Promise<{ sessionId: string | null }>;
  /** What runs sessions again and hands them over; absent: those routes are not there. */
  handover?: HandoverDeps;
  /** Told before a session is deleted, for what others keep of it in memory, or have still to write. */
  forgetSession?: (sessionId: string) => void | Promise<void>;
}

/** These read nothing of the record. */
const plainRouters = [createInfoRouter, createKeepRouter, createLiveRouter, createDemoRunsRouter];
const routers = [
  createSessionsRouter,
  createStepsRouter,
  createColumnsRouter,
  createVerdictsRouter,
  createDiffRouter,
  createRepairRouter,
  createReproRouter,
];
const handoverRouters = [createBundleRouter, createImportsRouter, createReplaysRouter, createProbesRouter, createOtlpRouter];

export function createControlRouter(deps: ControlDeps): Router {
  const control = express.Router();
  control.use((_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  for (const createRouter of plainRouters) control.use(createRouter(deps));
  // What is asked for is as new as the answer: first everything is written that waits.
  control.use(async (_request, _response, next) => {
    await deps.recorder.flush();
    next();
  });
  for (const createRouter of routers) control.use(createRouter(deps));
  const { handover } = deps;
  if (handover) for (const createRouter of handoverRouters) control.use(createRouter(deps, handover));
  return control;
}
