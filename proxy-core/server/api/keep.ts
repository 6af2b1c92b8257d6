/**
 * `PATCH /api/keep` (extension of the contract): how much of the past is kept, `{sizeBytes?, days?}`; null is
 * no limit. Answers what holds now; `GET /api/info` says it, too.
 */
import express, { type Router } from 'express';
import { invalidRequest, ProxyError } from '../../errors.ts';
import { isKeepDays, isKeepSize, type KeepLimits } from '../../protocol/api/keep.ts';
import { isObject } from '../../protocol/json.ts';
import type { ControlDeps } from './index.ts';

export function createKeepRouter({ retention }: ControlDeps): Router {
  const router = express.Router();

  router.patch('/keep', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const limits = toLimits(request.body);
    const { isFixed } = retention.status();
    if (limits.sizeBytes !== undefined && isFixed.size) throw fixed('sizeBytes', '--keep-size');
    if (limits.days !== undefined && isFixed.days) throw fixed('days', '--keep-days');
    await retention.change(limits);
    response.json(retention.status());
  });

  return router;
}

function toLimits(body: unknown): Partial<KeepLimits> {
  if (!isObject(body)) throw invalidRequest('The body must be a JSON object with "sizeBytes" or "days".');
  const limits: Partial<KeepLimits> = {};
  const { sizeBytes, days } = body;
  if (sizeBytes !== undefined) {
    if (sizeBytes !== null && !isKeepSize(sizeBytes))
      throw invalidRequest('"sizeBytes" must be at least 1000000, or null for no limit.', 'sizeBytes');
    limits.sizeBytes = sizeBytes;
  }
  if (days !== undefined) {
    if (days !== null && !isKeepDays(days)) throw invalidRequest('"days" must be a whole number from 1 on, or null for no limit.', 'days');
    limits.days = days;
  }
  return limits;
}

function fixed(param: string, flag: string): ProxyError {
  const message = `This limit was set when the bridge was started (${flag}, its variable or the config file); change it there.`;
  return new ProxyError(message, { status: 409, type: 'invalid_request_error', param, code: 'fixed_at_start' });
}
