/** The recorded data beside the repository, when it is there. Never copied in; tests say when they skip. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..', 'shared');

export interface CorpusEntry {
  file: string;
  api: 'anthropic' | 'gemini' | 'openai-chat' | 'openai-responses';
  provider: string;
  genuine: boolean;
  features: string[];
  framing?: string;
}

export function sharedPath(...parts: string[]): string {
  return join(root, ...parts);
}

/** Says in one line why tests that need the folder do not run. */
export function hasShared(folder: string): boolean {
  const isThere = existsSync(join(root, folder));
  if (!isThere) console.log(`skipped: ../shared/${folder} is not there`);
  return isThere;
}

/** Entries of the corpus index whose files are here (part of the data is held back). */
export function readCorpus(api: CorpusEntry['api']): CorpusEntry[] {
  const index = JSON.parse(readFileSync(sharedPath('corpus', 'index.json'), 'utf8')) as CorpusEntry[];
  return index.filter((entry) => entry.api === api && existsSync(sharedPath('corpus', entry.file)));
}

export function readCorpusFile(entry: CorpusEntry): Buffer {
  return readFileSync(sharedPath('corpus', entry.file));
}
