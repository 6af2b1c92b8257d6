/**
 * What a bundle consists of (contract 6): names and bytes, made from a record that is redacted already. The
 * last thing that happens to every text is one more search for secrets.
 */
import { createHash } from 'node:crypto';
import { parseJson } from '../protocol/json.ts';
import { toClientRecipe } from '../repro/client-recipes.ts';
import { toInstallLine, toReproScript } from '../repro/repro-script.ts';
import type { BundleProofs } from '../protocol/api/handover-api.ts';
import { VERSION } from '../version.ts';
import { readStep, toSteps } from '../verdicts/read-stream.ts';
import { toHar } from './har.ts';
import { redactKeepingFindings } from './redact/keep-findings.ts';
import { findFilesWithSecrets } from './redact/search-files.ts';
import type { Redaction, RedactMode } from './redact/redact-record.ts';
import { findFaults, toReport } from './report.ts';
import { emittedBytes, lastAttempt, toText, upstreamBytes, type SessionRecord, type StepRecord } from './session-record.ts';
import type { Verdict } from '../protocol/api/control-api.ts';

export interface BundleOptions {
  redact: RedactMode;
  /** Judges the streams that go into the bundle; absent: what the record says. */
  judge?: (record: SessionRecord) => Promise<Verdict[][]>;
}

export interface Bundle {
  files: Map<string, Uint8Array>;
  redactions: Redaction[];
  proofs: BundleProofs;
}

export async function createBundle(source: SessionRecord, { redact, judge }: BundleOptions): Promise<Bundle> {
  const redacted = await redactKeepingFindings(source, redact);
  const verdicts = judge ? await judge(redacted.record) : undefined;
  // The judge remembers: bytes that stayed the same are not run twice.
  const before = judge ? await judge(source) : undefined;
  const record: SessionRecord = {
    ...redacted.record,
    steps: redacted.record.steps.map((step, index) => ({ ...step, verdicts: verdicts?.[index] ?? step.verdicts })),
  };
  const { redactions } = redacted;
  const compared = {
    findingsAreTheSame: redacted.hasSameFindings,
    verdictsAreTheSame: verdicts && before ? hasSameVerdicts(before, verdicts) : null,
    findingCount: countAll(record.steps.map(({ findings }) => findings)),
    verdictCount: countAll(verdicts ?? []),
  };
  const files = new Map<string, Uint8Array>();
  const add = (name: string, text: string): void => void files.set(name, Buffer.from(redacted.mask(text), 'utf8'));
  const client = findBrokenClient(record);
  const script = toScript(record, client);

  add('report.md', toReport(record, { redactions, runLine: script.runLine }));
  const { session } = record;
  add('session.json', toJson({ ...session, steps: record.steps.map(({ step }) => step) }));
  record.steps.forEach((step, index) => {
    const folder = `steps/${index}`;
    for (const [name, content] of [...toStepFiles(step, folder), ...toGatewayFiles(step, folder)]) {
      if (typeof content === 'string') add(name, content);
      else files.set(name, content);
    }
    add(`${folder}/timing.json`, toJson(toTiming(step), 0));
    add(`${folder}/findings.json`, toJson({ findings: step.findings }));
    add(`${folder}/verdicts.json`, toJson({ verdicts: step.verdicts }));
  });
  add('session.har', toHar(record));
  add('repro.mjs', script.text);
  const proofs: BundleProofs = { ...compared, filesWithSecrets: await findFilesWithSecrets(files) };
  add(
    'manifest.json',
    toJson({
      format: 'deltascope-bundle',
      version: 1,
      generator: { name: 'Deltascope', version: VERSION },
      sessionId: session.id,
      recordedAt: session.startedAt,
      stepCount: record.steps.length,
      redact,
      redactions,
      proofs,
      files: [...files].map(([name, bytes]) => ({ name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })),
    }),
  );
  return { files, redactions, proofs };
}

type StepFile = [name: string, content: string | Uint8Array];

/** What was recorded of a step: texts are masked once more, streams are the exact bytes. */
function toStepFiles(step: StepRecord, folder: string): StepFile[] {
  return [
    [`${folder}/request.json`, toJson({ ...step.request, transport: step.transport, body: toValue(step.request.body) })],
    [`${folder}/upstream-request.json`, toJson(toUpstreamRequest(step))],
    [`${folder}/upstream.sse`, upstreamBytes(step)],
    [`${folder}/emitted.sse`, emittedBytes(step)],
  ];
}

/** The gateway's own call, as a step of its own below the step that it was made for. */
function toGatewayFiles({ gateway }: StepRecord, folder: string): StepFile[] {
  if (!gateway) return [];
  return [
    [`${folder}/gateway/step.json`, toJson(gateway.step)],
    ...toStepFiles(gateway, `${folder}/gateway`),
    [`${folder}/gateway/timing.json`, toJson(toTiming(gateway), 0)],
  ];
}

/** A file of a step as it would be if nothing was taken out; undefined for files that have no such form. */
export function toOriginalFile(record: SessionRecord, name: string): Uint8Array | undefined {
  const [, folder = '', index = ''] = /^(steps\/(\d{1,9}))\//.exec(name) ?? [];
  const step = index === '' ? undefined : record.steps[Number(index)];
  const content = step && [...toStepFiles(step, folder), ...toGatewayFiles(step, folder)].find(([one]) => one === name)?.[1];
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/** The client that the report shows: one that really ran and does not do all right. */
function findBrokenClient({ steps }: SessionRecord): { verdict: Verdict; index: number } | undefined {
  const bad = steps.flatMap(({ verdicts }, index) =>
    verdicts.filter(({ outcome }) => outcome !== 'ok').map((verdict) => ({ verdict, index })),
  );
  return bad.find(({ verdict }) => verdict.basis === 'ran') ?? bad[0];
}

function toScript(record: SessionRecord, broken: { verdict: Verdict; index: number } | undefined): { text: string; runLine: string } {
  const recipe = broken && toClientRecipe(broken.verdict.client);
  const [fault] = findFaults(record);
  // From the step at fault on, so that the fault is the first thing that the client meets.
  const from = broken?.index ?? fault?.index ?? 0;
  const steps = record.steps.slice(from).map((step) => readStep(emittedBytes(step)));
  const tools = new Set(steps.flatMap((step) => step.expected.calls.map(({ name }) => name)));
  const last = steps.at(-1);
  const text = toReproScript({
    streams: steps.map((_step, index) => `./steps/${from + index}/emitted.sse`),
    after: last && last.expected.calls.length > 0 ? toText(toSteps(last.bytes, undefined).at(-1)?.bytes ?? new Uint8Array()) : undefined,
    tools: [...tools].filter((name) => name !== ''),
    client: broken && recipe ? { name: `${broken.verdict.client} ${broken.verdict.version}`, recipe } : undefined,
    fault: fault?.group.first.message ?? 'A recorded session.',
  });
  return { text, runLine: recipe ? `${toInstallLine(recipe)} && node repro.mjs` : 'node repro.mjs' };
}

/** The last attempt, as it went out and was answered; earlier ones beside it. Null when nothing was asked upstream. */
function toUpstreamRequest(step: StepRecord): unknown {
  const last = lastAttempt(step);
  const [final, ...earlier] = step.attempts
    .map(({ body, ...attempt }) => ({
      ...attempt,
      body: toValue(body),
      ...(attempt.attempt === last
        ? {}
        : {
            responseText: toText(Buffer.concat(step.chunks.filter((chunk) => chunk.attempt === attempt.attempt).map(({ bytes }) => bytes))),
          }),
    }))
    .toReversed();
  return final ? { ...final, earlierAttempts: earlier.toReversed() } : null;
}

function toTiming(step: StepRecord): unknown {
  return {
    startedAt: step.step.startedAt,
    firstEventMs: step.step.firstEventMs,
    durationMs: step.step.durationMs,
    response: step.response,
    chunks: step.chunks.map(({ tUs, attempt, bytes }, index) => ({ index, tUs, size: bytes.length, attempt })),
    writes: step.writes.map(({ tUs, bytes }) => ({ tUs, size: bytes.length })),
    events: step.events.map(({ tUs, chunkIndex }, index) => ({ index, tUs, chunkIndex })),
    warnings: step.warnings,
  };
}

/** Null when nothing could be judged. */
function hasSameVerdicts(before: readonly Verdict[][], after: readonly Verdict[][]): boolean | null {
  if (before.every((list) => list.length === 0)) return null;
  const keys = (lists: readonly Verdict[][]): string =>
    JSON.stringify(lists.map((list) => list.map(({ client, outcome }) => [client, outcome])));
  return keys(before) === keys(after);
}

function countAll(lists: readonly (readonly unknown[])[]): number {
  return lists.reduce((sum, list) => sum + list.length, 0);
}

function toValue(bytes: Uint8Array): unknown {
  const text = toText(bytes);
  return text === '' ? null : (parseJson(text) ?? text);
}

function toJson(value: unknown, indent = 2): string {
  return `${JSON.stringify(value, null, indent)}\n`;
}
