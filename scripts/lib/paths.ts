/** Where things are, from the repository's root. */
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

export const fromRoot = (...parts: string[]): string => join(ROOT, ...parts);
