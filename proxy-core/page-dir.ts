/** Where the built page lies: beside the built bridge, or in dist/ when the bridge runs from source. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export function findPageDir(): string | undefined {
  const candidates = [
    join(import.meta.dirname, '..', 'renderer'),
    join(import.meta.dirname, '..', '..', 'renderer'),
    join(import.meta.dirname, '..', 'dist', 'renderer'),
  ];
  // The source folder of the page is called renderer too, but has no built assets.
  return candidates.find((dir) => existsSync(join(dir, 'index.html')) && existsSync(join(dir, 'assets')));
}
