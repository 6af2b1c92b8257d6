/** Bundles and other archives: broken as zip files, and sound zip files with broken members. */
import { writeZip } from '../../../proxy-core/bundle/write-zip.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutate } from '../mutate.ts';
import { responsesSeeds } from '../seed-files.ts';
import { startImport } from './import.ts';

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** The files of a bundle with two steps, the second behind a gateway (docs/bundle.md). */
function toMembers(streams: readonly Uint8Array[]): ReadonlyMap<string, Uint8Array> {
  const finding = {
    rule: 'event-name',
    severity: 'warning',
    message: 'x',
    event: 0,
    related: [1],
    hop: 'bridge',
    expected: null,
    actual: {},
  };
  const step = {
    id: 'step_1',
    responseId: 'resp_1',
    upstream: 'a',
    upstreamKind: 'anthropic',
    status: 'completed',
    startedAt: 5,
    durationMs: 7,
  };
  const timing = {
    startedAt: 5,
    response: { status: 200, headers: [['content-type', 'text/event-stream']] },
    chunks: [{ attempt: 0, tUs: 1, size: 10 }],
    writes: [{ tUs: 2, size: 40 }],
    events: [{ tUs: 3, chunkIndex: 0 }],
    warnings: [{ code: 'c', message: 'm', param: null }],
  };
  const request = { method: 'POST', path: '/v1/responses', headers: [['a', 'b']], body: { model: 'm', input: 'Hi', stream: true } };
  const sent = {
    attempt: 0,
    tUs: 1,
    method: 'POST',
    url: 'http://x/',
    headers: [],
    body: {},
    status: 200,
    responseHeaders: [],
    error: null,
  };
  const files = new Map<string, Uint8Array>([
    ['manifest.json', json({ format: 'deltascope-bundle', version: 1 })],
    ['session.json', json({ id: 'sess_1', title: 'Hi', client: { name: 'c', version: '1' }, steps: [step, step] })],
  ]);
  for (const folder of ['steps/0', 'steps/1', 'steps/1/gateway']) {
    files.set(`${folder}/request.json`, json(request));
    files.set(`${folder}/upstream-request.json`, json({ ...sent, earlierAttempts: [{ ...sent, responseText: 'no' }] }));
    files.set(`${folder}/timing.json`, json(timing));
    files.set(`${folder}/findings.json`, json([finding]));
    files.set(`${folder}/verdicts.json`, json([{ client: 'ai7', outcome: 'ok' }]));
    files.set(`${folder}/emitted.sse`, streams[0] as Uint8Array);
    files.set(`${folder}/upstream.sse`, streams.at(-1) as Uint8Array);
  }
  files.set('steps/1/gateway/step.json', json(step));
  return files;
}

let known: ReadonlyMap<string, Uint8Array> | undefined;
const sound = (): ReadonlyMap<string, Uint8Array> => (known ??= toMembers(responsesSeeds()));

export const bundles: FuzzTarget = {
  name: 'bundles',
  seeds: () => [...sound().values()],
  async make(random) {
    const files = new Map(sound());
    const names = [...files.keys()];
    const pick = (): Uint8Array => files.get(random.pick(names)) as Uint8Array;
    for (let left = random.below(4); left > 0; left--) {
      const name = random.pick(names);
      if (random.oneIn(6)) files.delete(name);
      else files.set(name, mutate(files.get(name) ?? pick(), random, pick));
    }
    const zip = await writeZip(files);
    return random.oneIn(3) ? mutate(zip, random, () => zip) : zip;
  },
  cases: 150,
  start: startImport,
};
