/** `deltascope clients`: what real clients make of recorded streams. */
import { runClients } from '../verdicts/clients-command.ts';
import { listOption, printOutcome, readInput, stringOption, type Command } from './command.ts';

export const clientsCommand: Command = {
  name: 'clients',
  usage: 'FILE… [options]',
  summary:
    'Gives recorded Responses streams to real clients and says how each ends. X.step2.sse beside X.sse answers the second request; - is stdin. Ends with 1 when a client does not get everything.',
  options: {
    format: { type: 'string', value: 'FORMAT', help: 'pretty or json' },
    client: { type: 'string', value: 'NAME', multiple: true, help: 'only this client; repeatable' },
  },
  run: async (input, context) =>
    printOutcome(
      await runClients(
        { files: input.operands, format: stringOption(input, 'format'), clients: listOption(input, 'client') },
        { readFile: (file) => readInput(file, context) },
      ),
      context,
    ),
};
