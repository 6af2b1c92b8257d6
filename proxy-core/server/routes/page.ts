/** The built page, with headers that keep it to itself: nothing remote is loaded, nobody may frame it. */
import express, { type Router } from 'express';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // React and the panels set style attributes
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function createPageRouter(pageDir: string): Router {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    next();
  });
  // Built files carry a hash in their name; the page itself must be asked for each time.
  router.use('/assets', express.static(`${pageDir}/assets`, { immutable: true, maxAge: '1y' }));
  router.use(express.static(pageDir, { cacheControl: false }));
  return router;
}
