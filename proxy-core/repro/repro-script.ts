/**
 * Writes `repro.mjs`: a program without dependencies that serves recorded streams on loopback, step by step,
 * and runs one client against them when its packages are installed. Whoever gets a bug report can run it
 * with plain Node.
 */
import type { ClientRecipe } from './client-recipes.ts';

export interface ReproScriptOptions {
  /** Paths of the streams, relative to the script, in the order in which they are to be served. */
  streams: string[];
  /** A plain answer for a client that goes on after the last stream; undefined: the last stream once more. */
  after: string | undefined;
  /** Names of the tools that the streams call. */
  tools: string[];
  /** The client that breaks, and how to run it; undefined: the streams are only served. */
  client: { name: string; recipe: ClientRecipe } | undefined;
  /** One sentence: what goes wrong. */
  fault: string;
}

export function toReproScript(options: ReproScriptOptions): string {
  const { streams, after, client, fault } = options;
  const install = client ? toInstallLine(client.recipe) : undefined;
  return `// ${fault.replaceAll(/\s+/g, ' ').trim()}
// Serves the recorded streams on loopback${client ? ` and runs ${client.name} on them` : ': point any client at the printed base URL'}.
//   ${install === undefined ? '' : `${install} && `}node repro.mjs${client ? '\n//   node repro.mjs --serve        only serves; point any client at the printed base URL' : ''}
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const STREAMS = ${JSON.stringify(streams)};
const AFTER = ${JSON.stringify(after ?? null)};

// A request that brings tool outputs asks for the next step, any other one for the first.
let step = 0;
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    step = /"type":\\s*"[a-z_]+_call_output"/.test(text) ? step + 1 : 0;
    const file = STREAMS[AFTER === null ? Math.min(step, STREAMS.length - 1) : step];
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(file === undefined ? AFTER : readFileSync(new URL(file, import.meta.url)));
  });
});

server.listen(0, '127.0.0.1', async () => {
  const baseURL = \`http://127.0.0.1:\${server.address().port}/v1\`;
  console.log('Serving', STREAMS.length, 'recorded stream(s) at', baseURL);
${client && install !== undefined ? toRun(client.recipe, install, options) : '});'}
`;
}

/** `npm install ai@6.0.326 …`, or pip. */
export function toInstallLine({ language, packages }: ClientRecipe): string {
  return `${language === 'python' ? 'pip install' : 'npm install'} ${packages.map(quote).join(' ')}`;
}

function toRun(recipe: ClientRecipe, install: string, { tools }: ReproScriptOptions): string {
  return `  if (process.argv.includes('--serve')) return;
  try {
    await run(baseURL, ${JSON.stringify(tools)});
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND') console.log(${JSON.stringify(`The client is not installed here. Run: ${install}`)});
    else console.log('THROWS        ', error?.message ?? error);
  }
  server.close();
  server.closeAllConnections();
});

async function run(baseURL, tools) {
  ${recipe.language === 'javascript' ? recipe.body : toPythonRun(recipe)}
}`;
}

/** The server goes on in this process, so the program is started beside it. */
function toPythonRun({ body }: ClientRecipe): string {
  return `const { spawn } = await import('node:child_process');
  const set = { BASE_URL: baseURL, TOOLS: tools, ANSWER: '{"answer":"from the recorded tool"}' };
  const program = Object.entries(set).map(([name, value]) => name + ' = ' + JSON.stringify(value) + '\\n').join('') + ${JSON.stringify(body)};
  const child = spawn(process.env.PYTHON ?? 'python3', ['-c', program], { stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  if (code !== 0) console.log('THROWS        ', 'python ended with ' + code);`;
}

function quote(spec: string): string {
  return /^[@\w./-]+$/.test(spec) ? spec : `'${spec}'`;
}
