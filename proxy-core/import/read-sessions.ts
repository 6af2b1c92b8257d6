/**
 * From a file's bytes to sessions, whatever it is: a bundle, an archive of streams, `.sse`, a curl dump, HAR,
 * AI SDK DevTools. What it is, is seen from the bytes; the name only names.
 */
import { stripCurlOutput } from '../files/curl-dump.ts';
import { isHar } from '../files/har.ts';
import { readStreams } from '../files/read-streams.ts';
import { UnreadableFileError, type RecordedStream } from '../files/recorded-stream.ts';
import { isZip } from '../files/zip-streams.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { guessKind } from '../protocol/lint/upstream-digest/index.ts';
import type { RecordedSession } from '../protocol/capture/recorded-session.ts';
import { parseJsonObject } from '../protocol/json.ts';
import { toImportedStep } from './imported-step.ts';
import { readBundle } from './read-bundle.ts';
import { isDevtools, readDevtools } from './read-devtools.ts';
import { readHarSession } from './read-har-session.ts';
import { toRecordedSession } from './to-recorded-session.ts';

export interface ReadSessions {
  sessions: RecordedSession[];
  skipped: { name: string; why: string }[];
}

/** Larger files are no recording that somebody made by hand; everything is held in memory. */
const MAX_JSON_BYTES = 256_000_000;

/** @throws UnreadableFileError with half a sentence when nothing known is in it, or it is hostile. */
export async function readSessions(name: string, bytes: Uint8Array): Promise<ReadSessions> {
  if (isZip(bytes)) {
    const record = await readBundle(bytes);
    if (record) return { sessions: [toRecordedSession(record)], skipped: [] };
    return fromStreams(await readStreams(name, bytes));
  }
  const start = Buffer.from(bytes.subarray(0, 64))
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('{')) {
    if (bytes.length > MAX_JSON_BYTES) throw new UnreadableFileError(`it is JSON of more than ${MAX_JSON_BYTES / 1_000_000} MB`);
    const json = parseJsonObject(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
    if (json && isHar(json)) {
      const { session, skipped } = readHarSession(name, json);
      if (!session) throw new UnreadableFileError(skipped[0]?.why ?? 'none of the entries of this HAR is a request to a model API');
      return { sessions: [session], skipped };
    }
    if (json && isDevtools(json)) {
      const read = readDevtools(name, json);
      if (read.sessions.length === 0) throw new UnreadableFileError(read.skipped[0]?.why ?? 'no run is recorded in it');
      return read;
    }
    if (!json && !start.startsWith('{"type"')) throw new UnreadableFileError('it begins like JSON but is not valid JSON (cut off?)');
  }
  return fromStreams(await readStreams(name, stripCurlOutput(bytes)));
}

/** Streams with a step number are one session; every other one is a session of its own. */
function fromStreams({ streams, skipped }: { streams: RecordedStream[]; skipped: ReadSessions['skipped'] }): ReadSessions {
  const ofOne = streams.filter(({ step }) => step !== undefined);
  const groups = [...(ofOne.length > 0 ? [ofOne] : []), ...streams.filter(({ step }) => step === undefined).map((stream) => [stream])];
  const all = [...skipped];
  const sessions = groups.flatMap((group): RecordedSession[] => {
    const usable = group.filter(
      (stream) => stream.messages !== undefined || guessKind(readFrames(stream.bytes)) !== undefined || group.length === 1,
    );
    for (const { name } of group)
      if (!usable.some((one) => one.name === name)) all.push({ name, why: 'no stream of a known format is in it' });
    const [first] = usable;
    return first ? [{ title: first.name, client: null, steps: usable.map(toStep) }] : [];
  });
  return { sessions, skipped: all };
}

function toStep(stream: RecordedStream): RecordedSession['steps'][number] {
  const text = stream.messages ? Buffer.from(stream.messages.map((message) => `${message}\n`).join(''), 'utf8') : stream.bytes;
  return toImportedStep({
    startedAtUs: 0,
    method: 'POST',
    path: '/v1/responses',
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify(stream.request ?? {}), 'utf8'),
    upstream: 'imported',
    transport: stream.messages ? 'websocket' : 'http',
    status: 200,
    responseHeaders: [['content-type', 'text/event-stream']],
    writes: [{ tUs: 0, bytes: text }],
    endUs: 0,
    ...(stream.upstream ? { upstreamBytes: stream.upstream } : {}),
  });
}
