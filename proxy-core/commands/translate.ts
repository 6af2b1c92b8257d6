/** `deltascope translate`: recorded upstream bytes through the same translator that serves clients. */
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError, isProxyError } from '../errors.ts';
import { isObject, parseJson, type JsonObject } from '../protocol/json.ts';
import { translateRecorded } from '../exchange/translate-recorded.ts';
import { translators } from '../upstreams/index.ts';
import { stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

const FORMATS: readonly (keyof typeof translators)[] = ['anthropic', 'openai-chat', 'gemini'];

export const translateCommand: Command = {
  name: 'translate',
  usage: '--from anthropic|openai-chat|gemini FILE…',
  summary:
    'Translates recorded upstream streams into Responses streams, offline. A cut upstream gives a stream that ends in response.failed.',
  options: {
    from: { type: 'string', value: 'FORMAT', help: 'the format of the files: anthropic, openai-chat or gemini' },
    request: { type: 'string', value: 'FILE', help: "the client's Responses request (JSON), for its tools and echoed fields" },
    out: { type: 'string', value: 'DIR', help: "write one file each into DIR, under the input's own name; needed for more than one file" },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const from = FORMATS.find((format) => format === stringOption(input, 'from'));
  const translator = from === undefined ? undefined : translators[from];
  if (!translator) throw new UsageError(`translate: --from must be one of ${FORMATS.join(', ')}.`);
  const files = input.operands;
  const out = stringOption(input, 'out');
  if (files.length === 0) throw new UsageError('translate: name at least one file (or - for stdin).');
  if (files.length > 1 && out === undefined) throw new UsageError('translate: several files need --out DIR.');
  const names = files.map((file) => (file === '-' ? 'stdin.sse' : basename(file)));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`translate: two inputs are called ${twice}; they would overwrite each other in ${out ?? ''}.`);
  const requestPath = stringOption(input, 'request');
  const request = requestPath === undefined ? undefined : readRequest(resolve(context.cwd, requestPath));

  let exitCode = 0;
  for (const [index, file] of files.entries()) {
    const name = names[index] as string;
    try {
      const bytes = file === '-' ? await context.readStdin() : readFileSync(resolve(context.cwd, file));
      const translated = translateRecorded({ bytes, translator, ...(request ? { request } : {}) });
      if (translated.frameCount === 0) throw new UsageError('no SSE frame found in it');
      if (out === undefined) context.out(translated.sse);
      else {
        mkdirSync(resolve(context.cwd, out), { recursive: true });
        writeFileSync(join(resolve(context.cwd, out), name), translated.sse);
      }
    } catch (error) {
      context.err(`deltascope: ${file}: ${isProxyError(error) || error instanceof Error ? error.message : String(error)}`);
      exitCode = 2;
    }
  }
  return exitCode;
}

function readRequest(path: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`translate: the request ${path} can't be read: ${(error as Error).message}.`);
  }
  const value = parseJson(text);
  if (!isObject(value)) throw new UsageError(`translate: the request ${path} is not a JSON object.`);
  // Recorded requests may wrap the body with its path and headers.
  return isObject(value['body']) ? value['body'] : value;
}
