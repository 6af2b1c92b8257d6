/**
 * `/api/steps/:id/repro`: a failing stream reduced to what matters. Extension of the contract. Answers with a
 * zip, or, asked for application/x-ndjson, with lines that tell of the progress and end with the files.
 */
import express, { type Request, type Response, type Router } from 'express';
import { writeZip } from '../../bundle/write-zip.ts';
import { invalidRequest, notFound } from '../../errors.ts';
import type { ReproLine } from '../../protocol/api/handover-api.ts';
import { asObject, asString } from '../../protocol/json.ts';
import { toClientFailure, toRuleFailure, type Failure } from '../../repro/failure.ts';
import { minimise, type MinimalStream } from '../../repro/minimise.ts';
import { toReproFiles } from '../../repro/repro-files.ts';
import { readFrames } from '../../sse/frame-reader.ts';
import { findNextStep } from '../../verdicts/judgeable.ts';
import { createVerdictRunner } from '../../verdicts/run-clients.ts';
import type { ControlDeps } from './index.ts';

/** `{rule}` or `{client}`; neither: the first error. Nobody waits for more tries than this. */
const MAX_TRIES = 600;
const LINES = 'application/x-ndjson';

interface Streams {
  first: Uint8Array;
  second: Uint8Array | undefined;
}

export function createReproRouter({ queries }: ControlDeps): Router {
  const router = express.Router();

  router.post('/steps/:id/repro', express.json({ limit: '64kb', type: () => true }), async (request, response) => {
    const streams = read(String(request.params['id']));
    const left = new AbortController();
    response.on('close', () => left.abort());
    const runner = createVerdictRunner();
    try {
      const body = asObject(request.body);
      const client = asString(body['client']);
      const failure =
        client === undefined ? toRuleFailure(asString(body['rule']), streams.first) : await toClientFailure(client, streams, runner);
      await answer(request, response, { streams, failure, signal: left.signal });
    } catch (error) {
      // What can't be reduced is the caller's to know: an unknown rule, a client that does all right.
      const told = error instanceof Error && 'isUsageError' in error ? invalidRequest(error.message) : error;
      if (!response.headersSent) throw told;
      writeLine(response, { type: 'error', message: told instanceof Error ? told.message : String(told) });
      response.end();
    } finally {
      await runner.close();
    }
  });

  function read(stepId: string): Streams {
    const step = queries.steps.get(stepId);
    const first = step && queries.streams.emitted(step.id);
    if (!step || !first) throw notFound(`There is no step ${stepId}.`);
    const next = findNextStep(queries.sessions.getWithSteps(step.sessionId)?.steps ?? [], step.index);
    return { first, second: next && queries.streams.emitted(next.id) };
  }

  return router;
}

async function answer(
  request: Request,
  response: Response,
  work: { streams: Streams; failure: Failure; signal: AbortSignal },
): Promise<void> {
  const { streams, failure, signal } = work;
  const options = { ...streams, failure, maxTries: MAX_TRIES, signal };
  if (request.header('accept')?.includes(LINES) !== true) {
    const minimal = await minimise(options);
    const zip = await writeZip(await toReproFiles(minimal, failure));
    response.type('application/zip').attachment('repro.zip').send(zip);
    return;
  }
  response.type(LINES);
  const total = readFrames(streams.first).length;
  const onProgress = (count: number, tries: number): void => {
    writeLine(response, { type: 'progress', left: count, total, tries });
  };
  onProgress(total, 0);
  const minimal = await minimise({ ...options, onProgress });
  if (signal.aborted) return;
  const isVerified = await failure.holds(minimal.first, minimal.second);
  writeLine(response, { type: 'result', result: { ...(await toResult(minimal, failure)), isVerified } });
  response.end();
}

async function toResult(minimal: MinimalStream, failure: Failure) {
  const { before, after, tries, isMinimal } = minimal;
  const files = [...(await toReproFiles(minimal, failure))].map(([name, bytes]) => ({ name, text: Buffer.from(bytes).toString('utf8') }));
  return { failure: failure.name, message: failure.message, before, after, tries, isMinimal, files };
}

function writeLine(response: Response, line: ReproLine): void {
  response.write(`${JSON.stringify(line)}\n`);
}
