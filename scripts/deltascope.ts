/**
 * `npm run -s deltascope -- COMMAND …`: builds what the command needs when it is stale, then becomes the
 * command line: same process, so that signals to npm reach it and its exit code is ours.
 */
import { buildIfStale } from './lib/build-if-stale.ts';
import { runCommandLine } from './lib/command-line.ts';
import type { Part } from './lib/stale.ts';

const WITH_PAGE = ['serve', 'run', 'replay', 'open'];

const args = process.argv.slice(2);
const parts: Part[] = WITH_PAGE.includes(args[0] ?? '') ? ['bridge', 'page'] : ['bridge'];
await buildIfStale(parts);
await runCommandLine(args);
