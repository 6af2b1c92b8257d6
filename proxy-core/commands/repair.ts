/** `deltascope repair`: a whole stream out of a broken one. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runRepair } from '../repair/repair-command.ts';
import { printOutcome, readInput, stringOption, type Command } from './command.ts';

export const repairCommand: Command = {
  name: 'repair',
  usage: 'FILE [options]',
  summary:
    'Mends a recorded Responses stream; a clean one comes out as it is. - is stdin. Ends with 1 when something could not be repaired.',
  options: {
    out: { type: 'string', value: 'FILE', help: 'where the repaired stream goes; stdout without it' },
    format: { type: 'string', value: 'json', help: 'print what was changed in place of the stream' },
  },
  run: async (input, context) =>
    printOutcome(
      await runRepair(
        { files: input.operands, format: stringOption(input, 'format'), out: stringOption(input, 'out') },
        {
          readFile: (file) => readInput(file, context),
          writeFile: (path, bytes) => writeFile(resolve(context.cwd, path), bytes),
        },
      ),
      context,
    ),
};
