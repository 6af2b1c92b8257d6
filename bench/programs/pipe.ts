/** The floor of every line with a network in it: a bare Node process that pipes requests and answers through. */
import { Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

const target = new URL(process.argv[2] as string);
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  const upstream = send(
    { host: target.hostname, port: target.port, path: request.url, method: request.method, headers: request.headers, agent },
    (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    },
  );
  upstream.on('error', () => response.destroy());
  request.pipe(upstream);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.on('disconnect', () => process.exit(0));
