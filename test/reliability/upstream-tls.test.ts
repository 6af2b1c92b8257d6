/** Issue "nothing lost", upstreams that can't be reached safely: what TLS says, and what to do about it, for each kind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import { asObject, parseJsonObject } from '../../proxy-core/protocol/json.ts';
import type { UpstreamKind } from '../../proxy-core/upstreams/upstream.ts';
import { makeCertificate, type Certificate } from '../helpers/make-certificate.ts';
import { spawnBridge, type SpawnedBridge } from '../helpers/spawn-bridge.ts';
import { responsesStream } from './talking-upstream.ts';

const KINDS: UpstreamKind[] = ['anthropic', 'openai-chat', 'gemini', 'responses'];

interface Place {
  certificate?: Certificate;
  scheme: 'http' | 'https';
  said: RegExp;
}

const authority = makeCertificate({ name: 'Test Authority' });
const years = (count: number): Date => new Date(Date.now() + count * 31_536_000_000);
const places: Record<string, Place> = {
  'self-signed': { certificate: makeCertificate({ name: 'localhost' }), scheme: 'https', said: /SELF_SIGNED.*NODE_EXTRA_CA_CERTS=FILE/ },
  'wrong-host': {
    certificate: makeCertificate({ name: 'elsewhere.example', signedBy: authority }),
    scheme: 'https',
    said: /ALTNAME.*elsewhere\.example.*Put the name that the certificate was made for/,
  },
  expired: {
    certificate: makeCertificate({ name: 'localhost', signedBy: authority, validFrom: years(-2), validTo: years(-1) }),
    scheme: 'https',
    said: /CERT_HAS_EXPIRED.*Renew/,
  },
  'no-tls': { scheme: 'https', said: /It speaks no TLS there: begin baseURL with http:/ },
  'tls-only': {
    certificate: makeCertificate({ name: 'localhost', signedBy: authority }),
    scheme: 'http',
    said: /https:\/\//,
  },
};

describe('an upstream behind TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deltascope-tls-'));
  const servers: Server[] = [];
  let bridge: SpawnedBridge;

  /** @returns the port. */
  async function listen(server: Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  const serve = ({ certificate }: Pick<Place, 'certificate'>) => {
    const { begin, word, end } = responsesStream('1');
    const stream = begin + word('hello') + end('hello');
    const answer = (_request: unknown, response: { end(text: string): void; setHeader(name: string, value: string): void }) => {
      response.setHeader('content-type', 'text/event-stream');
      response.end(stream);
    };
    return listen(certificate ? createHttpsServer({ key: certificate.key, cert: certificate.cert }, answer) : createHttpServer(answer));
  };

  beforeAll(async () => {
    const file = join(folder, 'authority.pem');
    writeFileSync(file, authority.cert);
    const upstreams = [];
    for (const [place, { certificate, scheme }] of Object.entries(places)) {
      const port = await serve(certificate ? { certificate } : {});
      for (const kind of KINDS)
        upstreams.push({ name: `${place}-${kind}`, kind, baseURL: `${scheme}://localhost:${port}/v1`, apiKey: 'sk-test-123456' });
    }
    const good = await serve({ certificate: makeCertificate({ name: 'localhost', signedBy: authority }) });
    upstreams.push({ name: 'good', kind: 'responses' as const, baseURL: `https://localhost:${good}/v1`, apiKey: 'sk-test-123456' });
    bridge = await spawnBridge(join(folder, 'data'), upstreams, { env: { NODE_EXTRA_CA_CERTS: file } });
  });
  afterAll(async () => {
    await bridge.stop();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (upstream: string) =>
    fetch(`${bridge.ready.url}/u/${upstream}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, input: 'hi' }),
    });

  it('whose authority was made known is asked', async () => {
    const reply = await ask('good');
    expect(await reply.text()).toContain('"text":"hello"');
  });

  for (const [place, { said }] of Object.entries(places)) {
    it.each(KINDS)(`that is ${place}: a 502 that says what, where and what to do, and a failed step: %s`, async (kind) => {
      const reply = await ask(`${place}-${kind}`);
      const message = asObject(parseJsonObject(await reply.text())?.['error'])['message'];
      expect(reply.status).toBe(502);
      expect(message).toMatch(new RegExp(`^Upstream '${place}-${kind}' at https?://localhost:\\d+/v1 could not be reached: `));
      expect(message).toMatch(said);
      const step = await bridge.api<StepDetail>(`/api/steps/${reply.headers.get('x-deltascope-step')}`);
      expect([step.status, step.error, step.httpStatus]).toEqual(['failed', message, 502]);
    });
  }
});
