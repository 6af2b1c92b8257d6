/** `/api/sessions/:id/bundle` and its preview, and the session as HAR or JSON lines. */
import express, { type Router } from 'express';
import { createBundle, toOriginalFile, type BundleOptions } from '../../bundle/bundle-files.ts';
import { toHar } from '../../bundle/har.ts';
import { toJsonLines } from '../../bundle/jsonl.ts';
import { redactKeepingFindings } from '../../bundle/redact/keep-findings.ts';
import type { RedactMode } from '../../bundle/redact/redact-record.ts';
import { readSessionRecord, toText, type SessionRecord } from '../../bundle/session-record.ts';
import { writeZip } from '../../bundle/write-zip.ts';
import { invalidRequest, notFound } from '../../errors.ts';
import type { OriginalFile } from '../../protocol/api/handover-api.ts';
import type { ControlDeps } from './index.ts';
import type { HandoverDeps } from './handover-deps.ts';
import { textParameter } from './query-values.ts';
import { noSession } from './sessions.ts';

/** Nobody reads more than this of one file in a preview. */
const MAX_ORIGINAL_BYTES = 262_144;

export function createBundleRouter({ queries, recorder, pricer }: ControlDeps, { judge }: HandoverDeps): Router {
  const router = express.Router();

  async function read(id: string): Promise<SessionRecord> {
    await pricer.ready();
    recorder.flush();
    const record = readSessionRecord(queries, id);
    if (!record) throw noSession(id);
    return record;
  }

  router.get('/sessions/:id/bundle', async (request, response) => {
    const record = await read(request.params.id);
    const { files } = await createBundle(record, toOptions(request, judge));
    response
      .type('application/zip')
      .attachment(`${fileName(record)}.zip`)
      .send(await writeZip(files));
  });

  /** Extension of the contract: what a bundle would hold, before anything is saved. */
  router.get('/sessions/:id/bundle/preview', async (request, response) => {
    const { files, redactions, proofs } = await createBundle(await read(request.params.id), toOptions(request, judge));
    const report = files.get('report.md');
    response.json({
      files: [...files].map(([name, bytes]) => ({ name, size: bytes.length })),
      redactions,
      proofs,
      report: report ? toText(report) : '',
    });
  });

  /** Extension of the contract: the beginning of one of its files before anything was taken out, to compare. */
  router.get('/sessions/:id/bundle/original', async (request, response) => {
    const name = textParameter(request, 'file') ?? '';
    const bytes = toOriginalFile(await read(request.params.id), name);
    if (!bytes) throw notFound(`A bundle has no recorded file called "${name}".`);
    const text = toText(bytes.subarray(0, MAX_ORIGINAL_BYTES));
    response.json({ text, size: bytes.length } satisfies OriginalFile);
  });

  /** Extension of the contract. */
  router.get('/sessions/:id/export', async (request, response) => {
    const format = textParameter(request, 'format') ?? 'har';
    if (format !== 'har' && format !== 'jsonl') throw invalidRequest('"format" must be har or jsonl.', 'format');
    const record = await read(request.params.id);
    const { record: redacted, mask } = redactKeepingFindings(record, toMode(request));
    response
      .type(format === 'har' ? 'application/json' : 'application/x-ndjson')
      .attachment(`${fileName(record)}.${format}`)
      .send(mask(format === 'har' ? toHar(redacted) : toJsonLines(redacted)));
  });

  return router;
}

function toOptions(request: express.Request, judge: BundleOptions['judge']): BundleOptions {
  return { redact: toMode(request), ...(judge ? { judge } : {}) };
}

function toMode(request: express.Request): RedactMode {
  const redact = textParameter(request, 'redact') ?? 'secrets';
  if (redact !== 'secrets' && redact !== 'content') throw invalidRequest('"redact" must be secrets or content.', 'redact');
  return redact;
}

function fileName({ session }: SessionRecord): string {
  return `deltascope-${session.id.replaceAll(/[^\w-]/g, '').slice(0, 24)}`;
}
