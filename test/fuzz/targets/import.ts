/** Files of others: whatever `import` and `lint` are given, they read it or say why not. */
import { lintStreams } from '../../../proxy-core/linter/lint-streams.ts';
import { readStreams } from '../../../proxy-core/files/read-streams.ts';
import { UnreadableFileError } from '../../../proxy-core/files/recorded-stream.ts';
import { readSessions } from '../../../proxy-core/import/read-sessions.ts';
import { createImporter } from '../../../proxy-core/import/create-importer.ts';
import { refuses, type RunningTarget } from '../fuzz-target.ts';

/** For any target whose bytes are such a file. */
export function startImport(): RunningTarget {
  return {
    maxGrowth: 60,
    async run(bytes) {
      let made = await sizeOrRefusal(async () => {
        const { streams, skipped } = await readStreams('fuzz', bytes);
        return JSON.stringify([lintStreams(streams).map(({ findings }) => findings), skipped]).length;
      });
      made += await sizeOrRefusal(async () => {
        const { sessions, skipped } = await readSessions('fuzz', bytes);
        return JSON.stringify(skipped).length + sessions.reduce((sum, { steps }) => sum + steps.length, 0);
      });
      // As the bridge takes it in: told again as tap events, with the linter listening.
      let count = 0;
      const recorder = {
        observe: (event: { type: string }) => void (made += 'bytes' in event ? (event.bytes as Uint8Array).length : event.type.length),
        addFindings: () => undefined,
        replaceFindings: () => undefined,
        linkGateway: () => undefined,
        flush: () => true,
      };
      const masks = { headers: same, url: same, bytes: same };
      const importer = createImporter({ recorder, createId: (prefix) => `${prefix}_${count++}`, masks, nowUs: () => 1 });
      const { sessions, skipped } = await importer.importFile('fuzz', bytes);
      if (sessions.length === 0 && skipped.length === 0) throw new Error('Nothing came of it, and nobody says why.');
      if (skipped.some(({ why }) => why.trim().length < 4)) throw new Error('A file is skipped without a reason.');
      return made;
    },
  };
}

function same<T>(value: T): T {
  return value;
}

async function sizeOrRefusal(read: () => Promise<number>): Promise<number> {
  try {
    return await read();
  } catch (error) {
    if (!refuses(error, [UnreadableFileError])) throw error;
    return 0;
  }
}
