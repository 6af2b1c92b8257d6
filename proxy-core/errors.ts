/**
 * The errors of the bridge. Whoever finds a fault throws one of these; `exchange/` and the error
 * middleware decide what the client sees: an HTTP status before the first byte, `response.failed` after.
 */
import type { ErrorBody } from './protocol/responses/wire.ts';

export interface ProxyErrorOptions {
  status: number;
  /** OpenAI's error type, `invalid_request_error` say. */
  type: string;
  param?: string | null;
  code?: string | null;
  /** Headers that go out with the error, `retry-after` say. */
  headers?: Record<string, string>;
  cause?: unknown;
}

export class ProxyError extends Error {
  /** Recognised by this mark, not by instanceof: bundles and workers have classes of their own. */
  readonly isProxyError = true;
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Record<string, string>;

  constructor(message: string, options: ProxyErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ProxyError';
    this.status = options.status;
    this.type = options.type;
    this.param = options.param ?? null;
    this.code = options.code ?? null;
    this.headers = options.headers ?? {};
  }

  toBody(): ErrorBody {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

export function isProxyError(error: unknown): error is ProxyError {
  return error instanceof Error && (error as Partial<ProxyError>).isProxyError === true;
}

/** 400 with OpenAI's shape: the client asked for something that cannot be done. */
export function invalidRequest(message: string, param: string | null = null, code: string | null = null): ProxyError {
  return new ProxyError(message, { status: 400, type: 'invalid_request_error', param, code });
}

export function notFound(message: string, param: string | null = null): ProxyError {
  return new ProxyError(message, { status: 404, type: 'invalid_request_error', param });
}

/** A configuration or environment fault: one sentence that says what, where and what to do. Exit code 2. */
export class UsageError extends Error {
  readonly isUsageError = true;
}
