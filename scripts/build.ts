/** `npm run build [part…]`: builds the named parts (bridge, page, main, preload; default all) and stamps them. */
import { createBuilder } from 'vite';
import { fromRoot } from './lib/paths.ts';
import { ALL_PARTS, sourceStamp, writeStamp, type Part } from './lib/stale.ts';

const ENVIRONMENTS: Record<Part, string> = { bridge: 'bridge', page: 'client', main: 'main', preload: 'preload' };

const named = process.argv.slice(2);
const parts = named.length === 0 ? ALL_PARTS : ALL_PARTS.filter((part) => named.includes(part));
const builder = await createBuilder({ configFile: fromRoot('vite.config.ts'), logLevel: 'warn' });
await Promise.all(
  parts.map(async (part) => {
    const stamp = sourceStamp(part);
    const environment = builder.environments[ENVIRONMENTS[part]];
    if (!environment) throw new Error(`vite.config.ts has no environment '${ENVIRONMENTS[part]}'.`);
    await builder.build(environment);
    writeStamp(part, stamp);
  }),
);
