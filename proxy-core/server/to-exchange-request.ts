/** An Express request as the exchange wants it; Express stops here. */
import type { Request } from 'express';
import type { ExchangeRequest } from '../exchange/exchange-request.ts';
import type { HeaderList } from '../protocol/capture/tap-event.ts';

/** Header names as the client wrote them, in its order. */
export function toHeaderList(rawHeaders: readonly string[]): HeaderList {
  const headers: HeaderList = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
  return headers;
}

export function toExchangeRequest(request: Request, upstreamName: string | undefined): ExchangeRequest {
  const quirks: unknown = request.params['quirks'];
  return {
    method: request.method,
    path: request.url.startsWith('/') ? request.originalUrl : `/${request.originalUrl}`,
    headers: toHeaderList(request.rawHeaders),
    body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
    upstreamName,
    ...(typeof quirks === 'string' ? { quirks: quirks.split(',') } : {}),
  };
}
