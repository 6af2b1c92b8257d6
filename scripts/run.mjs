// The door to every script here: `node scripts/run.mjs NAME …` runs scripts/NAME.ts. It is plain
// JavaScript, because a Node too old for this project can't even read TypeScript and would say so in a
// way that helps nobody. npm puts node_modules/.bin first on PATH, so `node` is the one that is pinned there.
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Deltascope runs on Node 24, and this is Node ${process.versions.node}: run it through npm (npm start, npm test, npm run deltascope), which uses the Node that 'npm ci' installed.\n`,
  );
  process.exit(2);
}
// Written once, read at every later start: `deltascope lint` is called often.
module.enableCompileCache?.(new URL('../.cache/compile', import.meta.url).pathname);

const [name, ...args] = process.argv.slice(2);
const script = new URL(`./${name}.ts`, import.meta.url);
process.argv = [process.execPath, script.pathname, ...args];
await import(script.href);
