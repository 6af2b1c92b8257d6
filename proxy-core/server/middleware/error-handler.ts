/** What no route took, and what a route threw, in OpenAI's error shape. */
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { invalidRequest, isProxyError, notFound, ProxyError } from '../../errors.ts';
import { explainSqliteError, isDamage, isEnvironmentFault } from '../../recorder/database.ts';

export const handleUnknownRoute: RequestHandler = (request, _response, next) => {
  next(notFound(`Deltascope has nothing at ${request.method} ${request.path}. Clients talk to /v1/responses, or to /u/<upstream>/v1/….`));
};

export const handleError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  const fault = toProxyError(error);
  response.status(fault.status).set(fault.headers).json(fault.toBody());
};

function toProxyError(error: unknown): ProxyError {
  if (isProxyError(error)) return error;
  if (isDamage(error) || isEnvironmentFault(error)) {
    const message = `The store can't be used for this just now: ${explainSqliteError(error)}`;
    return new ProxyError(message, { status: 503, type: 'server_error', code: 'store_unavailable', cause: error });
  }
  const status = (error as { status?: unknown }).status;
  const message = error instanceof Error ? error.message : String(error);
  // What Express and its body parser say about a request: too large, cut, wrongly encoded.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return status === 400 ? invalidRequest(message) : new ProxyError(message, { status, type: 'invalid_request_error' });
  }
  return new ProxyError(`Deltascope failed on this request: ${message}`, {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    cause: error,
  });
}
