/** `deltascope export`: a recorded session as a bundle, HAR, JSON lines or spans, from the data folder. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runBundleTask } from '../bundle/bundle-task.ts';
import { judgeSession } from '../bundle/judge-session.ts';
import type { SessionRecord } from '../bundle/session-record.ts';
import { UsageError } from '../errors.ts';
import type { RedactMode } from '../protocol/api/handover-api.ts';
import { createStreamJudge } from '../verdicts/stream-judge.ts';
import { stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';
import { exportOtlp } from './export-otlp.ts';
import { readStoredSession } from './stored-session.ts';

const FORMATS = ['zip', 'har', 'jsonl', 'otlp'] as const;

export const exportCommand: Command = {
  name: 'export',
  usage: 'SESSION --out FILE [--redact secrets|content]',
  summary: 'Writes a recorded session as a bundle that anybody can open, lint and replay. SESSION is an id of `sessions`, or last.',
  options: {
    out: { type: 'string', value: 'FILE', help: 'where to write; - is stdout' },
    redact: { type: 'string', value: 'WHAT', help: 'secrets (default), or content: all text becomes placeholders of the same length' },
    format: { type: 'string', value: 'FORMAT', help: 'zip (default), har, jsonl, or otlp: a span per step, of one or more sessions' },
    endpoint: { type: 'string', value: 'URL', help: 'otlp: where the spans go (OTLP/HTTP); env: the one of OTEL_EXPORTER_OTLP_ENDPOINT' },
    header: { type: 'string', value: 'NAME=VALUE', multiple: true, help: 'otlp: a header for the endpoint; VALUE may be env:NAME' },
    protocol: { type: 'string', value: 'NAME', help: 'otlp: http/protobuf (default) or http/json' },
    'data-dir': { type: 'string', value: 'DIR', help: "folder of the recordings (the system's folder for application data)" },
  },
  run,
};

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const [sessionId, ...others] = input.operands;
  const out = stringOption(input, 'out');
  const redact = toMode(stringOption(input, 'redact') ?? 'secrets');
  const format = FORMATS.find((one) => one === (stringOption(input, 'format') ?? 'zip'));
  if (!format) throw new UsageError(`export: --format must be ${FORMATS.join(', ')}.`);
  if (format === 'otlp') {
    const spans = await exportOtlp(input, context);
    if (spans && out !== undefined) await deliver(spans, out, context);
    return 0;
  }
  if (sessionId === undefined || others.length > 0)
    throw new UsageError('export: name one session, as in: deltascope export SESSION --out bundle.zip.');
  if (out === undefined) throw new UsageError('export: say where to write it, as in: --out bundle.zip.');
  const record = await readStoredSession(sessionId, { dataDir: stringOption(input, 'data-dir'), context });
  const judge = createStreamJudge();
  try {
    const source = { record, judge: (judged: SessionRecord) => judgeSession(judged, judge) };
    if (format !== 'zip') {
      await deliver(await runBundleTask('export', { format, redact }, source), out, context);
      return 0;
    }
    const { bytes, redactions, proofs } = await runBundleTask('zip', { redact }, source);
    const secrets = redactions.filter(({ kind }) => kind === 'secret').length;
    if (secrets > 0) context.err(`deltascope: ${secrets} secret(s) were masked; manifest.json lists them.`);
    if (!proofs.findingsAreTheSame) context.err('deltascope: linting the redacted streams gives other findings than before.');
    await deliver(bytes, out, context);
    return 0;
  } finally {
    await judge.close();
  }
}

async function deliver(bytes: Uint8Array, out: string, context: CommandContext): Promise<void> {
  if (out === '-') context.out(bytes);
  else await write(resolve(context.cwd, out), bytes);
}

function toMode(text: string): RedactMode {
  if (text === 'secrets' || text === 'content') return text;
  throw new UsageError('export: --redact must be secrets or content.');
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes, { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`export: ${path} can't be written: ${(error as Error).message}.`);
  }
}
