/**
 * `/api/steps/:id/columns/events` and `/chunks`: what the page draws of a step, as binary pages
 * (docs/columns.md). An extension of the contract.
 */
import express, { type Router } from 'express';
import { notFound } from '../../errors.ts';
import { packChunkColumns } from '../../protocol/columns/chunk-columns.ts';
import { packEventColumns } from '../../protocol/columns/event-columns.ts';
import type { ControlDeps } from './index.ts';
import { integerParameter } from './query-values.ts';

export function createColumnsRouter({ queries }: ControlDeps): Router {
  const router = express.Router();
  const toUtf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

  router.get('/steps/:id/columns/:of', async (request, response, next) => {
    const { id, of } = request.params;
    if (of !== 'events' && of !== 'chunks') return next();
    const page = { after: integerParameter(request, 'after', -1), limit: integerParameter(request, 'limit', 1) };
    const packed =
      of === 'events'
        ? pack(await queries.columns.events(id, page), packEventColumns)
        : pack(await queries.columns.chunks(id, page), packChunkColumns);
    if (packed === undefined) throw notFound(`There is no step ${id}.`);
    response.type('application/octet-stream').send(Buffer.from(packed.buffer));
  });

  function pack<Columns>(
    columns: Columns | undefined,
    toBytes: (columns: Columns, encode: typeof toUtf8) => Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer> | undefined {
    return columns === undefined ? undefined : toBytes(columns, toUtf8);
  }

  return router;
}
