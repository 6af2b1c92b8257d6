/** `/api/diff`: two recorded steps compared by role in the lifecycle (contract 3.4). */
import express, { type Router } from 'express';
import { invalidRequest, notFound } from '../../errors.ts';
import { diffStreams } from '../../protocol/diff/diff-streams.ts';
import { parseJsonObject } from '../../protocol/json.ts';
import type { ControlDeps } from './index.ts';
import { textParameter } from './query-values.ts';

const PAGE = 10_000;

export function createDiffRouter({ queries, recorder }: ControlDeps): Router {
  const router = express.Router();

  router.get('/diff', (request, response) => {
    recorder.flush();
    const [left, right] = (['left', 'right'] as const).map((side) => {
      const id = textParameter(request, side);
      if (id === undefined) throw invalidRequest(`Name two steps: /api/diff?left=STEP&right=STEP ("${side}" is missing).`, side);
      return id;
    });
    response.json(diffStreams(readEvents(left ?? ''), readEvents(right ?? '')));
  });

  /** What was not streamed counts as one event that carries the whole response. */
  function readEvents(stepId: string): unknown[] {
    const data: unknown[] = [];
    for (let total = Infinity; data.length < total;) {
      const page = queries.streams.events(stepId, { after: data.length - 1, limit: PAGE });
      if (!page) throw notFound(`There is no step ${stepId}.`);
      if (page.events.length === 0) break;
      data.push(...page.events.map((event) => event.data));
      total = page.total;
    }
    if (data.length > 0) return data;
    const body = parseJsonObject(Buffer.from(queries.streams.emitted(stepId) ?? new Uint8Array()).toString('utf8'));
    return body ? [{ type: 'response', response: body }] : [];
  }

  return router;
}
