/**
 * `npm run package [-- options of electron-builder]`: builds everything and makes the installers of this
 * system. Signing, notarising and publishing happen only when their variables are set (docs/development.md).
 */
import { spawnSync } from 'node:child_process';
import { buildIfStale } from './lib/build-if-stale.ts';
import { fromRoot, ROOT } from './lib/paths.ts';
import { ALL_PARTS } from './lib/stale.ts';

await buildIfStale(ALL_PARTS);
const updatesUrl = process.env['DELTASCOPE_UPDATE_URL'];
const publish = updatesUrl ? ['-c.publish.provider=generic', `-c.publish.url=${updatesUrl}`] : [];
const builder = fromRoot('node_modules/electron-builder/cli.js');
const { status } = spawnSync(process.execPath, [builder, '--publish', 'never', ...publish, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
