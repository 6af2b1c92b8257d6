/**
 * Who may talk to the bridge (contract 3.3, 3.4), before any route. Against pages of other origins and
 * DNS rebinding: only known Host names, only the bridge's own Origin. On loopback clients need no
 * credential; with remote access every request needs the token. `/api` always needs it.
 */
import { timingSafeEqual, createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ProxyError } from '../../errors.ts';

export interface AccessOptions {
  token: string;
  /** The port that is listened on; known only once the server listens. */
  port: () => number;
  /** The address that is listened on. */
  host: string;
  /** `--allow-host`: further names under which clients reach the bridge (`host.docker.internal`). */
  allowHosts?: readonly string[];
  /** `--allow-origin`: further origins whose pages may call. */
  allowOrigins?: readonly string[];
  allowRemote?: boolean;
}

export interface AccessControl {
  handler: RequestHandler;
  /** For WebSocket upgrades, which no middleware sees: undefined, or why not. Rewrites `/t/<token>/…`. */
  checkUpgrade(request: UpgradeRequest): ProxyError | undefined;
}

/** What of a Node request is looked at; `url` loses its `/t/<token>` prefix. */
export interface UpgradeRequest {
  url?: string | undefined;
  headers: { host?: string | undefined; origin?: string | undefined; [name: string]: string | string[] | undefined };
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const COOKIE_PREFIX = 'deltascope-token';
const PATH_TOKEN = /^\/t\/([^/?#]+)(?=\/|\?|$)/;

export function createAccessControl(options: AccessOptions): AccessControl {
  const { token, port, allowRemote = false } = options;
  const names = new Set([...LOOPBACK_NAMES, ...(options.allowHosts ?? []), bracket(options.host)].map((name) => name.toLowerCase()));
  const allowedOrigins = new Set((options.allowOrigins ?? []).map((origin) => origin.toLowerCase().replace(/\/$/, '')));

  function isKnownHost(host: string | undefined): boolean {
    if (host === undefined) return false;
    const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(host.trim());
    if (!match) return false;
    const name = (match[1] as string).toLowerCase().replace(/\.$/, '');
    if (names.has(name)) return true;
    // Under remote access the token is the guard, and numbers can't be rebound.
    return allowRemote && (/^\d{1,3}(\.\d{1,3}){3}$/.test(name) || name.startsWith('['));
  }

  /** The bridge's own pages: same scheme, a known name, and exactly its port. */
  function isKnownOrigin(origin: string): boolean {
    const lower = origin.toLowerCase();
    if (allowedOrigins.has(lower)) return true;
    const match = /^http:\/\/(.+?)(?::(\d+))?$/.exec(lower);
    return match !== null && Number(match[2] ?? 80) === port() && isKnownHost(match[1]);
  }

  /** Takes a token out of the path, so that routes and records never see it. */
  function takePathToken(request: { url?: string | undefined }): string | undefined {
    const match = PATH_TOKEN.exec(request.url ?? '');
    if (!match) return undefined;
    const rest = (request.url as string).slice(match[0].length);
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    return safeDecode(match[1] as string);
  }

  function check(request: UpgradeRequest, { pathToken, isApi }: { pathToken: string | undefined; isApi: boolean }): ProxyError | undefined {
    const fault = checkOpen(request);
    if (fault || !(isApi || allowRemote)) return fault;
    const given = [header(request, 'x-deltascope-token'), pathToken, cookie(request)];
    // On the data plane this header belongs to the client and its upstream.
    if (isApi) given.push(bearer(request));
    if (given.some((candidate) => candidate !== undefined && isToken(candidate))) return undefined;
    return isApi
      ? unauthorized('The control API needs the token that the bridge printed at its start, as "Authorization: Bearer <token>".')
      : unauthorized(
          'This bridge is open to other machines: send its token as x-deltascope-token, or use the base URL http://…/t/<token>/v1.',
        );
  }

  /** Host and Origin only: what everybody has to pass. */
  function checkOpen(request: UpgradeRequest): ProxyError | undefined {
    const { host, origin } = request.headers;
    if (!isKnownHost(host)) {
      return forbidden(
        `The bridge does not answer to the name "${host ?? ''}". If clients reach it by that name, start it with --allow-host.`,
      );
    }
    if (origin !== undefined && !isKnownOrigin(origin)) {
      return forbidden(
        `Requests from pages of ${origin} are refused. If they are meant to call the bridge, start it with --allow-origin ${origin}.`,
      );
    }
    // Images and scripts of foreign pages send no Origin; browsers say it here. Following a link is fine.
    const isForeignPage = ['cross-site', 'same-site'].includes(header(request, 'sec-fetch-site') ?? '');
    if (origin === undefined && isForeignPage && header(request, 'sec-fetch-mode') !== 'navigate') {
      return forbidden('Requests from pages of other origins are refused.');
    }
    return undefined;
  }

  function isToken(candidate: string): boolean {
    // Digests have one length, so that the comparison tells nothing about the token's.
    return timingSafeEqual(digest(candidate), digest(token));
  }

  function cookieName(): string {
    return `${COOKIE_PREFIX}-${port()}`;
  }

  function cookie(request: UpgradeRequest): string | undefined {
    for (const part of (header(request, 'cookie') ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at > 0 && part.slice(0, at).trim() === cookieName()) return safeDecode(part.slice(at + 1).trim());
    }
    return undefined;
  }

  const handler: RequestHandler = (request, response, next) => {
    response.set({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    const pathToken = takePathToken(request);
    if (pathToken !== undefined) request.originalUrl = request.url;
    // Express matches paths without regard to case; so must the guard.
    const path = request.path.toLowerCase();
    const isPublic = path === '/api/health' || request.method === 'OPTIONS';
    const fault = isPublic ? checkOpen(request) : checkOrSignIn(request, response, { pathToken, isApi: isUnder(path, 'api') });
    if (fault) return next(fault);
    if (response.headersSent) return;
    allowOrigin(request, response);
    if (request.method === 'OPTIONS' && request.headers.origin !== undefined) return void response.status(204).end();
    next();
  };

  /** `/?token=…`: the page gets its cookie, and the token leaves the address bar. */
  function checkOrSignIn(
    request: Request,
    response: Response,
    place: { pathToken: string | undefined; isApi: boolean },
  ): ProxyError | undefined {
    const path = request.path.toLowerCase();
    const isPage = request.method === 'GET' && !place.isApi && !isUnder(path, 'v1') && !isUnder(path, 'u');
    const given = isPage ? new URLSearchParams(request.url.split('?')[1]).get('token') : null;
    if (given === null) return check(request, place);
    const fault = checkOpen(request);
    if (fault) return fault;
    if (!isToken(given)) return unauthorized('This token is not valid (any more): open the address that the bridge printed at its start.');
    const rest = new URLSearchParams(request.url.split('?')[1]);
    rest.delete('token');
    response.cookie(cookieName(), token, { httpOnly: true, sameSite: 'strict', path: '/' });
    // Never to another host: a path that begins with two slashes would be one.
    const target = request.path.replace(/^[/\\]+/, '/');
    response.set('cache-control', 'no-store').redirect(302, rest.size > 0 ? `${target}?${rest.toString()}` : target);
    return undefined;
  }

  /** CORS, for origins that were allowed by name. */
  function allowOrigin(request: Request, response: Response): void {
    const { origin } = request.headers;
    response.vary('origin');
    if (origin === undefined || !allowedOrigins.has(origin.toLowerCase())) return;
    response.set({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
      'access-control-expose-headers': 'x-deltascope-session, x-deltascope-step, x-deltascope-warnings',
    });
  }

  return { handler, checkUpgrade: (request) => check(request, { pathToken: takePathToken(request), isApi: false }) };
}

function isUnder(path: string, folder: string): boolean {
  return path === `/${folder}` || path.startsWith(`/${folder}/`);
}

function header(request: UpgradeRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function bearer(request: UpgradeRequest): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(header(request, 'authorization') ?? '')?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function bracket(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded at all: it is compared as it stands
  }
}

function forbidden(message: string): ProxyError {
  return new ProxyError(message, { status: 403, type: 'invalid_request_error', code: 'forbidden' });
}

function unauthorized(message: string): ProxyError {
  return new ProxyError(message, { status: 401, type: 'invalid_request_error', code: 'invalid_token' });
}
