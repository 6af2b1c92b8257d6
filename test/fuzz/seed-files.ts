/** Sound files for the targets: scenarios of the fake providers, and the data beside the repository when it is there. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { bytesOf, scenarios, type FakeKind } from '../helpers/fake-upstream.ts';
import { sharedPath } from '../helpers/shared-data.ts';
import { responsesFrames } from '../../bench/lib/wire-frames.ts';

/** Small files are read in whole and broken often; large ones only cost time. */
const MAX_SEED_BYTES = 60_000;
const MAX_SHARED = 80;

export function providerSeeds(kind: FakeKind): Uint8Array[] {
  return [...Object.values(scenarios[kind]).map(bytesOf), ...sharedFiles('corpus', new RegExp(`\\.${kind}\\.(?:sse|json)$`))];
}

export function responsesSeeds(): Uint8Array[] {
  return [
    Buffer.concat(responsesFrames(5)),
    ...sharedFiles('violations', /\.sse$/),
    ...sharedFiles('captures', /emitted\.sse$/),
    ...sharedFiles('corpus', /\.openai-responses\.sse$/),
  ];
}

/** A part of the files below a folder of ../shared, spread evenly; none when the folder is not there. */
export function sharedFiles(folder: string, name: RegExp): Uint8Array[] {
  const root = sharedPath(folder);
  if (!existsSync(root)) return [];
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .toSorted()
    .map((path) => join(root, path))
    .filter((path) => statSync(path).isFile() && statSync(path).size <= MAX_SEED_BYTES);
  const step = Math.max(1, Math.floor(paths.length / MAX_SHARED));
  return paths.filter((_, index) => index % step === 0).map((path) => readFileSync(path));
}
