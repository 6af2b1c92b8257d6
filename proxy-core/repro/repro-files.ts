/** The files of a minimal repro: the stream, a script that runs the client on it, and what it shows. */
import { maskFiles } from '../bundle/redact/mask-bodies.ts';
import { parseJsonObject, asString } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { toSteps } from '../verdicts/read-stream.ts';
import { VERSION } from '../version.ts';
import { toClientRecipe } from './client-recipes.ts';
import type { Failure } from './failure.ts';
import type { MinimalStream } from './minimise.ts';
import { toReproScript } from './repro-script.ts';

export async function toReproFiles(minimal: MinimalStream, failure: Failure): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([['repro.sse', minimal.first]]);
  if (minimal.second) files.set('repro.step2.sse', minimal.second);
  const recipe = failure.client === undefined ? undefined : toClientRecipe(failure.client);
  const steps = toSteps(minimal.first, minimal.second);
  const tools = new Set(steps.flatMap((step) => step.expected.calls.map(({ name }) => name)));
  const script = toReproScript({
    streams: minimal.second ? ['./repro.sse', './repro.step2.sse'] : ['./repro.sse'],
    after: steps.length > (minimal.second ? 2 : 1) ? Buffer.from(steps.at(-1)?.bytes ?? []).toString('utf8') : undefined,
    tools: [...tools].filter((name) => name !== ''),
    client: recipe ? { name: failure.name.replace(/^client /, ''), recipe } : undefined,
    fault: failure.message,
  });
  files.set('repro.mjs', Buffer.from(script, 'utf8'));
  files.set('README.md', Buffer.from(toReadme(minimal, failure, recipe?.packages ?? []), 'utf8'));
  // It is made to be sent to somebody.
  return maskFiles(files);
}

function toReadme(minimal: MinimalStream, failure: Failure, packages: readonly string[]): string {
  const types = readFrames(minimal.first).map(({ data }) => asString(parseJsonObject(data)?.['type']) ?? data.slice(0, 40));
  return [
    `# Minimal repro: ${failure.name}`,
    '',
    '```',
    failure.message.replaceAll('```', 'ʼʼʼ').slice(0, 2000),
    '```',
    '',
    `${minimal.before} recorded frames were reduced to ${minimal.after} (${minimal.tries} tries, each one run${minimal.isMinimal ? '; leaving out any one more ends the fault' : '; stopped before the smallest was found'}).`,
    '',
    ...types.map((type) => `- \`${type.replaceAll('`', 'ʼ')}\``),
    '',
    '```sh',
    ...(packages.length > 0 ? [`npm install ${packages.join(' ')}`] : []),
    'node repro.mjs',
    ...(failure.rule === undefined ? [] : [`deltascope lint repro.sse --rule ${failure.rule}`]),
    '```',
    '',
    `Made by Deltascope ${VERSION}.`,
    '',
  ].join('\n');
}
