/**
 * Writes `repro.mjs`: a program without dependencies that serves recorded streams on loopback, step by step,
 * and runs one client against them when its packages are installed. Whoever gets a bug report can run it
 * with plain Node.
 */
import type { ClientRecipe } from './client-recipes.ts';

export interface ReproScriptOptions {
  /** Paths of the streams, relative to the script, in the order in which they are to be served. */
  streams: string[];
  /** Names of the tools that the streams call. */
  tools: string[];
  /** The client that breaks, and how to run it; undefined: the streams are only served. */
  client: { name: string; recipe: ClientRecipe } | undefined;
  /** One sentence: what goes wrong. */
  fault: string;
}

export function toReproScript({ streams, tools, client, fault }: ReproScriptOptions): string {
  const run = client?.recipe.language === 'javascript' ? client.recipe : undefined;
  const python = client?.recipe.language === 'python' ? client.recipe : undefined;
  const install = client ? `${python ? 'pip install' : 'npm install'} ${client.recipe.packages.map(quote).join(' ')}` : '';
  return `// ${toLine(fault)}
// Serves the recorded streams on loopback${client ? ` and runs ${client.name} on them` : ''}. No network beyond this machine.
//   ${install === '' ? '' : `${install} && `}node repro.mjs
//   node repro.mjs --serve        only serves; point any client at the printed base URL
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const STREAMS = ${JSON.stringify(streams)};
const TOOLS = ${JSON.stringify(tools)};

// A request that brings tool outputs asks for the next step, any other one for the first.
let step = 0;
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    const isNext = /"type":\\s*"[a-z_]+_call_output"/.test(text);
    step = isNext ? Math.min(step + 1, STREAMS.length - 1) : 0;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(readFileSync(new URL(STREAMS[step], import.meta.url)));
  });
});

server.listen(0, '127.0.0.1', async () => {
  const baseURL = \`http://127.0.0.1:\${server.address().port}/v1\`;
  console.log('Serving', STREAMS.length, 'recorded stream(s) at', baseURL);
  if (process.argv.includes('--serve')) return;
  try {
    await run(baseURL, TOOLS);
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND') console.log(${JSON.stringify(install === '' ? 'No client is set up here.' : `The client is not installed here: ${install}`)});
    else console.log('THROWS        ', error?.message ?? error);
  }
  server.close();
  server.closeAllConnections();
});

async function run(baseURL, tools) {
  ${run ? run.body : python ? pythonRunner(python) : "console.log('Point your client at', baseURL, 'while this runs; stop with Ctrl+C.');\n  await new Promise(() => undefined);"}
}
`;
}

/** The program runs beside this one, which goes on serving: so it is started, not waited for in one breath. */
function pythonRunner({ body }: ClientRecipe): string {
  return `const { spawn } = await import('node:child_process');
  const program = 'BASE_URL = ' + JSON.stringify(baseURL) + '\\n' + ${JSON.stringify(body)};
  const child = spawn(process.env.PYTHON ?? 'python3', ['-c', program], { stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => child.on('exit', resolve).on('error', reject));
  console.log('python ended with', code);`;
}

function quote(spec: string): string {
  return /^[@\w./-]+$/.test(spec) ? spec : `'${spec}'`;
}

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
