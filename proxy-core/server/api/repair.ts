/** `/api/steps/:id/repair` and `/repaired`: what repair would make of a recorded stream. Extension of the contract. */
import express, { type Router } from 'express';
import { notFound } from '../../errors.ts';
import type { RepairPreview } from '../../protocol/api/handover-api.ts';
import { countFindings, type FindingCounts } from '../../protocol/lint/finding.ts';
import { lintFrames } from '../../protocol/lint/run-rules.ts';
import { repairBytes } from '../../repair/repair-stream.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import type { ControlDeps } from './index.ts';

export function createRepairRouter({ queries }: ControlDeps): Router {
  const router = express.Router();

  function read(stepId: string): Uint8Array {
    const bytes = queries.streams.emitted(stepId);
    if (!bytes) throw notFound(`There is no step ${stepId}.`);
    return bytes;
  }

  router.get('/steps/:id/repair', (request, response) => {
    const before = read(request.params.id);
    const { bytes, report } = repairBytes(before);
    response.json({ ...report, before: lint(before), after: lint(bytes), size: bytes.length } satisfies RepairPreview);
  });

  router.get('/steps/:id/repaired', (request, response) => {
    const { bytes } = repairBytes(read(request.params.id));
    response.type('application/octet-stream').attachment('repaired.sse').send(Buffer.from(bytes));
  });

  return router;
}

function lint(bytes: Uint8Array): FindingCounts {
  return countFindings(lintFrames(readFrames(bytes)).findings);
}
