/** Listening with a clear word about a port that is taken. */
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { UsageError } from '../errors.ts';

export interface ListenOptions {
  host: string;
  port: number;
  /** A port that was asked for must be free; the default one gives way to the next. */
  isPortExplicit: boolean;
}

const MAX_TRIES = 50;

/** @returns the port. @throws UsageError when it can't be had. */
export async function listenOn(server: Server, { host, port, isPortExplicit }: ListenOptions): Promise<number> {
  for (let tries = 0; ; tries++) {
    const wanted = port === 0 ? 0 : port + tries;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(wanted, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EADDRINUSE' && !isPortExplicit && tries < MAX_TRIES) continue;
      if (code === 'EADDRINUSE')
        throw new UsageError(`Port ${wanted} on ${host} is taken. Stop the program that uses it, or choose another with --port.`);
      throw new UsageError(`Deltascope can't listen on ${host}:${wanted}: ${(error as Error).message}.`);
    }
  }
}
