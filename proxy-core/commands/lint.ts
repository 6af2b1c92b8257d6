/** `deltascope lint`: what is wrong in recorded Responses streams. */
import { runLint } from '../linter/lint-command.ts';
import { VERSION } from '../version.ts';
import { listOption, printOutcome, readInput, stringOption, type Command } from './command.ts';

export const lintCommand: Command = {
  name: 'lint',
  usage: 'FILE… [options]',
  summary:
    'Lints recorded Responses streams: .sse files, curl dumps, HAR archives and bundles; - is stdin. Ends with 1 when there are errors.',
  options: {
    format: { type: 'string', value: 'FORMAT', help: 'pretty, json or sarif' },
    rule: { type: 'string', value: 'ID', multiple: true, help: 'only this rule; repeatable' },
    'min-severity': { type: 'string', value: 'LEVEL', help: 'note, warning or error: leave out what is below' },
  },
  run: async (input, context) =>
    printOutcome(
      await runLint(
        {
          files: input.operands,
          format: stringOption(input, 'format'),
          rules: listOption(input, 'rule'),
          minSeverity: stringOption(input, 'min-severity'),
        },
        { readFile: (file) => readInput(file, context), version: VERSION },
      ),
      context,
    ),
};
