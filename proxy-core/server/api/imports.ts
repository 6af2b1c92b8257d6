/** `/api/imports`: a file's bytes in, sessions out (contract 3.4). */
import express, { type Router } from 'express';
import { invalidRequest } from '../../errors.ts';
import type { ControlDeps } from './index.ts';
import type { HandoverDeps } from './handover-deps.ts';

const LIMIT = '512mb';
const MAX_NAME = 200;

export function createImportsRouter(_deps: ControlDeps, { importer }: HandoverDeps): Router {
  const router = express.Router();

  router.post('/imports', express.raw({ type: () => true, limit: LIMIT, inflate: false }), async (request, response) => {
    const bytes: unknown = request.body;
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) throw invalidRequest('The body is empty: send the bytes of the file.');
    response.json(await importer.importFile(toName(request.header('x-file-name')), bytes));
  });

  return router;
}

/** Only for the reader: a name is never a path here. Browsers send it percent-encoded. */
function toName(header: string | undefined): string {
  let name = header ?? '';
  try {
    name = decodeURIComponent(name);
  } catch {
    // Not encoded: it is taken as it stands.
  }
  const base = name.split(/[/\\]/).at(-1) ?? '';
  return base.replaceAll(/\p{Cc}/gu, '').slice(0, MAX_NAME) || 'file';
}
