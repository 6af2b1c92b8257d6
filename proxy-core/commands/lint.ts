/** `deltascope lint`: findings of recorded Responses streams. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runLint } from '../linter/lint-command.ts';
import { VERSION } from '../version.ts';
import { listOption, stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

export const lintCommand: Command = {
  name: 'lint',
  usage: 'FILE…',
  summary: 'Names the protocol faults in recorded Responses streams: .sse, curl dumps, HAR, bundles; - is stdin.',
  options: {
    format: { type: 'string', value: 'FORMAT', help: 'pretty (default), json or sarif' },
    rule: { type: 'string', multiple: true, value: 'ID', help: 'only findings of this rule; may be given more than once' },
    'min-severity': { type: 'string', value: 'SEVERITY', help: 'note (default), warning or error' },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const outcome = await runLint(
    {
      files: input.operands,
      format: stringOption(input, 'format'),
      rules: listOption(input, 'rule'),
      minSeverity: stringOption(input, 'min-severity'),
    },
    { version: VERSION, readFile: (file) => (file === '-' ? context.readStdin() : readFile(resolve(context.cwd, file))) },
  );
  for (const line of outcome.stderr) context.err(`deltascope: ${line}`);
  context.out(outcome.stdout);
  return outcome.exitCode;
}
