/** `/api/sessions/:id/bundle` and its preview, and the session as HAR or JSON lines. They are made in a thread of their own. */
import express, { type Request, type Response, type Router } from 'express';
import type { BundleResults, BundleTasks, BundleTaskType } from '../../bundle/bundle-task.ts';
import { invalidRequest, notFound } from '../../errors.ts';
import type { RedactMode } from '../../protocol/api/handover-api.ts';
import type { ControlDeps } from './index.ts';
import type { HandoverDeps } from './handover-deps.ts';
import { textParameter } from './query-values.ts';
import { noSession } from './sessions.ts';

export function createBundleRouter(_deps: ControlDeps, { bundler }: HandoverDeps): Router {
  const router = express.Router();

  async function make<Type extends BundleTaskType>(response: Response, type: Type, task: BundleTasks[Type]): Promise<BundleResults[Type]> {
    const gone = new AbortController();
    response.on('close', () => gone.abort(invalidRequest('Nobody waits for it any more.')));
    const id = String(response.req.params['id']);
    const made = await bundler.run(id, type, task, gone.signal);
    if (made === undefined) throw noSession(id);
    return made;
  }

  router.get('/sessions/:id/bundle', async (request, response) => {
    const { id } = request.params;
    const { bytes } = await make(response, 'zip', { redact: toMode(request) });
    response
      .type('application/zip')
      .attachment(`${fileName(id)}.zip`)
      .send(toBuffer(bytes));
  });

  /** Extension of the contract: what a bundle would hold, before anything is saved. */
  router.get('/sessions/:id/bundle/preview', async (request, response) => {
    response.json(await make(response, 'preview', { redact: toMode(request) }));
  });

  /** Extension of the contract: the beginning of one of its files before anything was taken out, to compare. */
  router.get('/sessions/:id/bundle/original', async (request, response) => {
    const file = textParameter(request, 'file') ?? '';
    const original = await make(response, 'original', { file });
    if (!original) throw notFound(`A bundle has no recorded file called "${file}".`);
    response.json(original);
  });

  /** Extension of the contract. */
  router.get('/sessions/:id/export', async (request, response) => {
    const format = textParameter(request, 'format') ?? 'har';
    if (format !== 'har' && format !== 'jsonl') throw invalidRequest('"format" must be har or jsonl.', 'format');
    const { id } = request.params;
    const bytes = await make(response, 'export', { format, redact: toMode(request) });
    response
      .type(format === 'har' ? 'application/json' : 'application/x-ndjson')
      .attachment(`${fileName(id)}.${format}`)
      .send(toBuffer(bytes));
  });

  return router;
}

function toMode(request: Request): RedactMode {
  const redact = textParameter(request, 'redact') ?? 'secrets';
  if (redact !== 'secrets' && redact !== 'content') throw invalidRequest('"redact" must be secrets or content.', 'redact');
  return redact;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fileName(sessionId: string): string {
  return `deltascope-${sessionId.replaceAll(/[^\w-]/g, '').slice(0, 24)}`;
}
