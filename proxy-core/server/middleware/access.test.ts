import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createAccessControl, type AccessOptions } from './access.ts';
import { handleError } from './error-handler.ts';

const TOKEN = 'the-token-of-this-run';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(options: Partial<AccessOptions> = {}) {
  let port = 0;
  const access = createAccessControl({ token: TOKEN, host: '127.0.0.1', port: () => port, ...options });
  const app = express();
  app.use(access.handler);
  app.use((request, response) => response.json({ url: request.url, originalUrl: request.originalUrl }));
  app.use(handleError);
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const call = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      sent.on('error', reject).end();
    });
  return { call, port: () => port, access };
}

describe('access control on loopback', () => {
  it('asks clients of the data plane for nothing', async () => {
    const { call, port } = await listen();
    for (const host of [`127.0.0.1:${port()}`, `localhost:${port()}`, 'localhost', '[::1]:80', 'LOCALHOST:1']) {
      expect([host, (await call('/v1/responses', { host, authorization: 'Bearer sk-of-the-client' })).status]).toEqual([host, 200]);
    }
  });

  it('refuses foreign hosts everywhere', async () => {
    const { call } = await listen();
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '10.0.0.1',
      'evil.example:4141',
      '127.0.0.1@evil.example',
    ]) {
      for (const path of ['/v1/models', '/api/health', '/api/sessions', '/']) {
        const answer = await call(path, { host });
        expect([host, path, answer.status]).toEqual([host, path, 403]);
        expect(Object.keys(JSON.parse(answer.body).error)).toEqual(['message', 'type', 'param', 'code']);
      }
    }
  });

  it('refuses every origin but its own', async () => {
    const { call, port } = await listen();
    for (const origin of [
      'null',
      'https://evil.example',
      `http://localhost:${port() + 1}`,
      'http://localhost',
      `https://localhost:${port()}`,
      `http://evil.example:${port()}`,
      `http://localhost:${port()}.evil.example`,
      'file://',
    ]) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const answer = await call('/v1/responses', { origin }, method);
        expect([origin, method, answer.status]).toEqual([origin, method, 403]);
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
    for (const origin of [`http://127.0.0.1:${port()}`, `http://localhost:${port()}`])
      expect((await call('/v1/responses', { origin })).status).toBe(200);
  });

  it('refuses what foreign pages load without an origin, but not a link that is followed', async () => {
    const { call } = await listen();
    expect((await call('/v1/models', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(403);
    expect((await call('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).status).toBe(200);
    expect((await call('/', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).status).toBe(200);
  });

  it('asks for the token in the control plane', async () => {
    const { call } = await listen();
    for (const path of [
      '/api/sessions',
      '/API/sessions',
      '/api',
      '/api/',
      '/api/health/x',
      'http://127.0.0.1/api/sessions',
      `/api/sessions?token=${TOKEN}`,
    ]) {
      expect([path, (await call(path)).status]).toEqual([path, 401]);
      expect([path, (await call(path, { authorization: 'Bearer wrong' })).status]).toEqual([path, 401]);
      expect([path, (await call(path, { authorization: `Bearer ${TOKEN}` })).status]).toEqual([path, 200]);
    }
    expect((await call('/api/health')).status).toBe(200);
  });

  it('gives the page a cookie for the token in its address, and takes it out of the address', async () => {
    const { call, port } = await listen();
    const answer = await call(`/?token=${TOKEN}&view=1`);
    expect([answer.status, answer.headers['location']]).toEqual([302, '/?view=1']);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await call('/api/sessions', { cookie: `a=b; ${cookie.split(';')[0]}` })).status).toBe(200);
    expect((await call('/api/sessions', { cookie: `deltascope-token-${port() + 1}=${TOKEN}` })).status).toBe(401);
    expect((await call('/?token=wrong')).status).toBe(401);
    expect((await call(`//evil.example/?token=${TOKEN}`)).headers['location']).toMatch(/^\/[^/]/);
  });

  it('answers to names and origins that were allowed', async () => {
    const { call } = await listen({ allowHosts: ['host.docker.internal'], allowOrigins: ['https://app.example'] });
    expect((await call('/v1/models', { host: 'host.docker.internal:4141' })).status).toBe(200);
    const preflight = await call(
      '/v1/responses',
      { origin: 'https://app.example', 'access-control-request-headers': 'authorization' },
      'OPTIONS',
    );
    expect([preflight.status, preflight.headers['access-control-allow-origin'], preflight.headers['access-control-allow-headers']]).toEqual(
      [204, 'https://app.example', 'authorization'],
    );
    expect((await call('/api/sessions', { origin: 'https://app.example' })).status).toBe(401);
  });
});

describe('access control with remote access', () => {
  it('asks every request for the token and leaves the client its own key', async () => {
    const { call } = await listen({ allowRemote: true });
    const host = '192.168.1.5:4141';
    expect((await call('/v1/responses', { host })).status).toBe(401);
    expect((await call('/v1/responses', { host, authorization: `Bearer ${TOKEN}` })).status).toBe(401);
    expect((await call('/', { host })).status).toBe(401);
    expect((await call('/v1/responses', { host, 'x-deltascope-token': TOKEN })).status).toBe(200);
    expect((await call('/t/wrong/v1/responses', { host })).status).toBe(401);
    const answer = await call(`/t/${TOKEN}/v1/responses?a=1`, { host });
    expect(JSON.parse(answer.body)).toEqual({ url: '/v1/responses?a=1', originalUrl: '/v1/responses?a=1' });
    expect((await call('/v1/responses', { host: 'evil.example', 'x-deltascope-token': TOKEN })).status).toBe(403);
    expect((await call('/api/health', { host })).status).toBe(200);
  });

  it('checks WebSocket upgrades in the same way', async () => {
    const { access, port } = await listen({ allowRemote: true });
    const host = `127.0.0.1:${port()}`;
    expect(access.checkUpgrade({ url: '/v1/responses', headers: { host } })?.status).toBe(401);
    expect(access.checkUpgrade({ url: '/v1/responses', headers: { host, origin: 'null', 'x-deltascope-token': TOKEN } })?.status).toBe(403);
    const request = { url: `/t/${TOKEN}/v1/responses`, headers: { host } };
    expect(access.checkUpgrade(request)).toBeUndefined();
    expect(request.url).toBe('/v1/responses');
  });
});
