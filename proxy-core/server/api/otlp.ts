/** `POST /api/sessions/:id/otlp`: a recorded session as spans, to the collector of the settings or of the request. Extension of the contract. */
import express, { type Router } from 'express';
import { invalidRequest, ProxyError } from '../../errors.ts';
import { cleanSpans } from '../../otel/clean-spans.ts';
import { describeTarget, parseOtelTarget, secretsOf, type OtelTarget } from '../../otel/otel-target.ts';
import { postSpans } from '../../otel/post-spans.ts';
import { readSessionSpans } from '../../otel/read-step-span.ts';
import { asObject, asString } from '../../protocol/json.ts';
import type { HandoverDeps } from './handover-deps.ts';
import type { ControlDeps } from './index.ts';
import { noSession } from './sessions.ts';

/** Body: `{endpoint, headers?, protocol?}`, or nothing for the configured one. Answer: `{endpoint, spans, accepted, complaint}`. */
export function createOtlpRouter({ queries }: ControlDeps, { otel }: HandoverDeps): Router {
  const router = express.Router();

  router.post('/sessions/:id/otlp', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const target = toTarget(asObject(request.body));
    const read = readSessionSpans(queries, request.params.id);
    if (!read) throw noSession(request.params.id);
    const spans = await cleanSpans(read);
    const left = new AbortController();
    response.on('close', () => left.abort());
    try {
      const { accepted, complaint } = await postSpans(target, spans, { signal: left.signal, tries: 2 });
      response.json({ endpoint: describeTarget(target), spans: spans.length, accepted, complaint });
    } catch (error) {
      throw new ProxyError(`${(error as Error).message}.`, { status: 502, type: 'server_error', param: 'endpoint' });
    }
  });

  function toTarget(body: ReturnType<typeof asObject>): OtelTarget {
    const endpoint = asString(body['endpoint']);
    if (endpoint === undefined) {
      if (otel.target) return otel.target;
      throw invalidRequest('No collector is configured: say "endpoint", or start with --otel URL.', 'endpoint');
    }
    try {
      // Variables are for the settings: a page names none.
      const target = parseOtelTarget({ ...body, endpoint }, {}, 'The request');
      for (const secret of secretsOf(target)) otel.onSecret(secret);
      return target;
    } catch (error) {
      throw error instanceof Error && 'isUsageError' in error ? invalidRequest(error.message, 'endpoint') : error;
    }
  }

  return router;
}
