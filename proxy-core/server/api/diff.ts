/**
 * `/api/diff`: two recorded steps compared by role in the lifecycle (contract 3.4). Extensions: a side may be
 * `repaired:STEP`, the stream as repair would make it; `rows=1` gives all roles of both sides and the ids that
 * stand for each other.
 */
import express, { type Router } from 'express';
import { invalidRequest, notFound } from '../../errors.ts';
import { REPAIRED, type ComparedSide, type StepComparison } from '../../protocol/api/handover-api.ts';
import { compareStreams, diffStreams } from '../../protocol/diff/diff-streams.ts';
import { parseJsonObject } from '../../protocol/json.ts';
import { repairBytes } from '../../repair/repair-stream.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import type { ControlDeps } from './index.ts';
import { textParameter } from './query-values.ts';

const PAGE = 10_000;

export function createDiffRouter({ queries }: ControlDeps): Router {
  const router = express.Router();

  router.get('/diff', (request, response) => {
    const [left, right] = (['left', 'right'] as const)
      .map((side) => {
        const id = textParameter(request, side);
        if (id === undefined) throw invalidRequest(`Name two steps: /api/diff?left=STEP&right=STEP ("${side}" is missing).`, side);
        return id;
      })
      .map((id) => ({ id, events: readSide(id) })) as [Side, Side];
    if (textParameter(request, 'rows') === undefined) {
      response.json(diffStreams(left.events, right.events));
      return;
    }
    const comparison = compareStreams(left.events, right.events);
    response.json({ ...comparison, left: describe(left), right: describe(right) } satisfies StepComparison);
  });

  function readSide(id: string): unknown[] {
    return id.startsWith(REPAIRED) ? readRepaired(id.slice(REPAIRED.length)) : readEvents(id);
  }

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

  function readRepaired(stepId: string): unknown[] {
    const bytes = queries.streams.emitted(stepId);
    if (!bytes) throw notFound(`There is no step ${stepId}.`);
    const datas = readFrames(repairBytes(bytes).bytes).map(({ data }) => data);
    return datas.filter((data) => data.trim() !== '[DONE]').map((data) => parseJsonObject(data) ?? data);
  }

  function describe({ id, events }: Side): ComparedSide {
    const stepId = id.replace(REPAIRED, '');
    const step = queries.steps.get(stepId);
    const session = step && queries.sessions.getWithSteps(step.sessionId);
    if (!step || !session) throw notFound(`There is no step ${stepId}.`);
    const place = session.steps.findIndex((one) => one.id === stepId);
    const { sessionId, upstream, model } = step;
    return { stepId, sessionId, step: place, title: session.title, upstream, model, isRepaired: stepId !== id, events: events.length };
  }

  return router;
}

interface Side {
  id: string;
  events: unknown[];
}
