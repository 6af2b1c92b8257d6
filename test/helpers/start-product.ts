/** The whole bridge with its built page, on a free port and with an empty data folder, for tests in a browser. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../proxy-core/config.ts';
import { createProxy } from '../../proxy-core/create-proxy.ts';
import type { UpstreamConfig } from '../../proxy-core/upstreams/upstream.ts';
import type { ReadyObject } from '../../proxy-core/protocol/api/control-api.ts';

export interface Product {
  ready: ReadyObject;
  close(): Promise<void>;
}

/** Where the page is built to; the gate that runs these tests builds it first. */
export const PAGE_FOLDER = join(import.meta.dirname, '../../dist/renderer');

export async function startProduct(options: { withSamples: boolean; dataDir?: string; upstreams?: UpstreamConfig[] }): Promise<Product> {
  if (!existsSync(join(PAGE_FOLDER, 'index.html'))) throw new Error('The page is not built: run `npm run build` first.');
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'deltascope-page-'));
  const proxy = await createProxy({
    config: readConfig(
      { port: '0', dataDir, upstream: (options.upstreams ?? []).map((upstream) => JSON.stringify(upstream)) },
      {},
      dataDir,
    ),
    env: { CI: 'true' },
    onNotice: () => undefined,
    withSamples: options.withSamples,
  });
  const ready = await proxy.listen();
  return {
    ready,
    async close() {
      await proxy.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
