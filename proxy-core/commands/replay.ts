/**
 * `deltascope replay`: a recorded session, or a bundle, as a server that any client can be pointed at; in the
 * other modes (./replay-again.ts) it is run again into a new session.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import express from 'express';
import type { SessionRecord } from '../bundle/session-record.ts';
import { readConfig } from '../config.ts';
import { UsageError } from '../errors.ts';
import { isZip } from '../files/read-zip.ts';
import { UnreadableFileError } from '../files/recorded-stream.ts';
import { readBundle } from '../import/read-bundle.ts';
import { parseSpeed } from '../replay/parse-speed.ts';
import { createRecordedServer } from '../replay/recorded-server.ts';
import { listenOn } from '../server/listen-on.ts';
import { createAccessControl } from '../server/middleware/access.ts';
import { handleError, handleUnknownRoute } from '../server/middleware/error-handler.ts';
import { VERSION } from '../version.ts';
import { readInput, stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';
import { replayAgain } from './replay-again.ts';
import { readStoredSession } from './stored-session.ts';

export const replayCommand: Command = {
  name: 'replay',
  usage: 'SESSION|BUNDLE.zip [options]',
  summary: 'Serves the recorded answers again, step by step, with their timing. Point any client at the printed base URL.',
  options: {
    mode: { type: 'string', value: 'MODE', help: 'serve (default), retranslate (recorded upstream bytes) or resend (recorded requests)' },
    upstream: { type: 'string', value: 'NAME', help: 'resend: the upstream to ask instead of the recorded one' },
    config: { type: 'string', value: 'FILE', help: 'resend: config file, if no bridge runs on this data folder' },
    port: { type: 'string', value: 'N', help: 'port to listen on; 0 takes any free one (4141, or the next free one)' },
    speed: { type: 'string', value: 'SPEED', help: 'original (default), max, or a factor: 2 is twice as fast' },
    'ready-json': { type: 'boolean', help: 'print the ready object as the first line' },
    'data-dir': { type: 'string', value: 'DIR', help: "folder of the recordings (the system's folder for application data)" },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const [operand, ...others] = input.operands;
  if (operand === undefined || others.length > 0)
    throw new UsageError('replay: name one session or one bundle, as in: deltascope replay bundle.zip.');
  const speed = parseSpeed(stringOption(input, 'speed') ?? 'original');
  if (speed === undefined) throw new UsageError('replay: --speed must be original, max or a number above 0.');
  const dataDir = stringOption(input, 'data-dir');
  const mode = stringOption(input, 'mode') ?? 'serve';
  const config = readConfig(
    { port: stringOption(input, 'port'), dataDir, config: stringOption(input, 'config') },
    context.env,
    context.cwd,
  );
  if (mode === 'retranslate' || mode === 'resend') {
    const upstream = stringOption(input, 'upstream');
    return replayAgain({ operand, isFile: isFileName(operand, context), mode, upstream }, config, context);
  }
  if (mode !== 'serve') throw new UsageError('replay: --mode must be serve, retranslate or resend.');
  const record = await readRecord(operand, dataDir, context);

  let port = config.port;
  const token = randomBytes(24).toString('base64url');
  const access = createAccessControl({ ...config, token, port: () => port });
  const app = express();
  app.disable('x-powered-by');
  app.use(access.handler);
  app.use('/v1', createRecordedServer(record, speed).router);
  app.use(handleUnknownRoute);
  app.use(handleError);
  const server = createServer(app);
  const stopped = new Promise<void>((done) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => done());
  });
  port = await listenOn(server, config);
  const url = `http://${config.host}:${port}`;
  const ready = {
    type: 'ready',
    url,
    apiBase: `${url}/v1`,
    uiUrl: url,
    token,
    pid: process.pid,
    dataDir: config.dataDir,
    version: VERSION,
  };
  if (input.options['ready-json'] === true) context.out(`${JSON.stringify(ready)}\n`);
  else
    context.out(
      `Serving ${record.steps.length} recorded step(s) of "${record.session.title}".\n\n  Point your client at  ${ready.apiBase}\n\nStop with Ctrl+C.\n`,
    );
  await stopped;
  await new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
  return 0;
}

/** A file wins over a session of the same name. */
function isFileName(operand: string, { cwd }: CommandContext): boolean {
  return operand === '-' || existsSync(resolve(cwd, operand)) || operand.endsWith('.zip');
}

async function readRecord(operand: string, dataDir: string | undefined, context: CommandContext): Promise<SessionRecord> {
  if (!isFileName(operand, context)) return readStoredSession(operand, { dataDir, context });
  try {
    const bytes = await readInput(operand, context);
    const record = isZip(bytes) ? await readBundle(bytes) : undefined;
    if (!record) throw new UnreadableFileError('it is no bundle; import it first, and replay the session');
    return record;
  } catch (error) {
    throw new UsageError(`replay: ${operand}: ${(error as Error).message}.`);
  }
}
