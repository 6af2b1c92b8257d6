/** What a fault of the network means and what to do about it, by the system's code for it. */
import type { UpstreamConfig } from '../upstreams/upstream.ts';
import { ProxyError } from '../errors.ts';

/** What went wrong on the wire, in the system's own words: `ECONNREFUSED`, `terminated`, a TLS message. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = findInner(error);
  return [codeOf(error), message || error.message].filter(Boolean).join(' ');
}

/** @returns 502 in one sentence: which upstream, where, what happened, what to do. */
export function unreachable({ name, baseURL }: UpstreamConfig, error: unknown): ProxyError {
  // A configured address may hold a login or a key, which is nothing for a client.
  const { origin, pathname } = new URL(baseURL);
  const address = `${origin}${pathname.replace(/\/$/, '')}`;
  const said = describeFault(error).replaceAll(baseURL, address);
  const advice = toAdvice(codeOf(error) ?? said, baseURL.startsWith('https:'));
  return new ProxyError(`Upstream '${name}' at ${address} could not be reached: ${said.replace(/[.;]*\s*$/, '')}. ${advice}`, {
    status: 502,
    type: 'server_error',
    code: 'upstream_unreachable',
    cause: error,
  });
}

const UNKNOWN_ISSUER = /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/;

function toAdvice(code: string, isSecure: boolean): string {
  if (UNKNOWN_ISSUER.test(code))
    return 'Nobody that Deltascope trusts has signed that certificate: start Deltascope with NODE_EXTRA_CA_CERTS=FILE, where FILE holds the certificate (or its authority) as PEM.';
  if (code === 'CERT_HAS_EXPIRED') return "Renew the server's certificate, or set this machine's clock right.";
  if (code === 'CERT_NOT_YET_VALID') return "Set this machine's clock right, or wait until the certificate is valid.";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'Put the name that the certificate was made for into baseURL.';
  if (/^(ERR_SSL_|EPROTO)/.test(code) && isSecure) return 'It speaks no TLS there: begin baseURL with http://, or name the port that does.';
  if (code.startsWith('HPE_')) return 'What answers there speaks no HTTP: check the port, and https:// for a server with TLS.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Nobody knows that name: check it, and the network.';
  if (code === 'ECONNREFUSED') return 'Nothing listens there: check address and port, and whether it runs.';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE')
    return `It hung up before it answered: its own log may say why${isSecure ? '' : '; a server with TLS needs https:// in baseURL'}.`;
  return 'Check its address and whether it runs.';
}

function findInner(error: Error): Error {
  return error.cause instanceof Error ? error.cause : error;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (findInner(error) as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
