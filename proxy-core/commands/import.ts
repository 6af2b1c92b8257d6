/** `deltascope import`: bundles, .sse, HAR and more into the record; through the running bridge when there is one. */
import { findRunningBridge } from '../bridge-file.ts';
import { readConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { createId } from '../exchange/create-id.ts';
import { createImporter } from '../import/create-importer.ts';
import { openDatabase } from '../recorder/database.ts';
import { createRecorder } from '../recorder/recorder.ts';
import { createRedactor } from '../recorder/redact.ts';
import { stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';
import { importIntoBridge, importOne, type Imported, type ImportFile } from './into-bridge.ts';

export const importCommand: Command = {
  name: 'import',
  usage: 'FILE…',
  summary: 'Takes recordings into the store: bundles, .sse, curl dumps, HAR, AI SDK DevTools; - is stdin.',
  options: {
    format: { type: 'string', value: 'FORMAT', help: 'pretty (default) or json' },
    'data-dir': { type: 'string', value: 'DIR', help: "folder of the recordings (the system's folder for application data)" },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  if (input.operands.length === 0) throw new UsageError('import: which file? Give at least one, or - for stdin.');
  const { dataDir } = readConfig({ dataDir: stringOption(input, 'data-dir') }, context.env, context.cwd);
  const bridge = await findRunningBridge(dataDir);
  const target = bridge ? { importFile: importIntoBridge(bridge), close: () => undefined } : openStore(dataDir);
  const all: Imported = { sessions: [], skipped: [] };
  let hasFailed = false;
  try {
    for (const file of input.operands) {
      const { sessions, skipped } = await importOne(file, context, target.importFile);
      all.sessions.push(...sessions);
      all.skipped.push(...skipped);
      hasFailed ||= sessions.length === 0;
      for (const { name, why } of skipped) context.err(`deltascope: ${name}: ${why}`);
    }
  } finally {
    target.close();
  }
  if (stringOption(input, 'format') === 'json') context.out(`${JSON.stringify(all)}\n`);
  else context.out(all.sessions.map((id) => `${id}\n`).join(''));
  return hasFailed ? 2 : 0;
}

function openStore(dataDir: string): { importFile: ImportFile; close: () => void } {
  const { db } = openDatabase(dataDir);
  const recorder = createRecorder({ db });
  const importer = createImporter({ recorder, createId, masks: createRedactor(), nowUs: () => Date.now() * 1000 });
  return {
    importFile: importer.importFile,
    close() {
      recorder.close();
      db.close();
    },
  };
}
