/** Files into a running bridge over its API, so that the page shows them at once. */
import { basename } from 'node:path';
import { asArray, asObject, asString } from '../protocol/json.ts';
import { askBridge, type Bridge } from './ask-bridge.ts';
import { readInput, type CommandContext } from './command.ts';

export interface Imported {
  sessions: string[];
  skipped: { name: string; why: string }[];
}
export type ImportFile = (name: string, bytes: Uint8Array) => Promise<Imported>;

export function importIntoBridge(bridge: Bridge): ImportFile {
  return async (name, bytes) => {
    const headers = { 'x-file-name': encodeURIComponent(name), 'content-type': 'application/octet-stream' };
    const answer = await askBridge(bridge, 'imports', { method: 'POST', headers, body: Buffer.from(bytes) });
    return {
      sessions: asArray(answer['sessions']).filter((id) => typeof id === 'string'),
      skipped: asArray(answer['skipped'])
        .map(asObject)
        .map((row) => ({ name: asString(row['name']) ?? '', why: asString(row['why']) ?? '' })),
    };
  };
}

/** A file that can't be read is told like one that is not understood. */
export async function importOne(file: string, context: CommandContext, importFile: ImportFile): Promise<Imported> {
  const name = file === '-' ? '<stdin>' : basename(file);
  try {
    return await importFile(name, await readInput(file, context));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { sessions: [], skipped: [{ name: file, why: code === 'ENOENT' ? "can't be read: no such file" : message }] };
  }
}
