/** `deltascope export --format otlp`: recorded sessions as spans, to a collector or into a file. */
import { UsageError } from '../errors.ts';
import { cleanSpans } from '../otel/clean-spans.ts';
import { describeTarget, parseHeader, parseOtelTarget } from '../otel/otel-target.ts';
import { postSpans } from '../otel/post-spans.ts';
import { readSessionSpans } from '../otel/read-step-span.ts';
import { toOtlp } from '../otel/to-otlp.ts';
import { listOption, stringOption, type CommandContext, type CommandInput } from './command.ts';
import { toSessionId, withStore } from './stored-session.ts';

/** What one request takes. */
const BATCH = 200;

/** @returns the bytes for `--out`; null when they were sent instead. */
export async function exportOtlp(input: CommandInput, context: CommandContext): Promise<Uint8Array | null> {
  const endpoint = stringOption(input, 'endpoint');
  const hasOut = stringOption(input, 'out') !== undefined;
  if (input.operands.length === 0)
    throw new UsageError('export: name a session, as in: deltascope export SESSION --format otlp --endpoint URL.');
  if ((endpoint === undefined) !== hasOut)
    throw new UsageError(
      'export: --format otlp wants --endpoint URL (or env, for OTEL_EXPORTER_OTLP_ENDPOINT), or --out FILE for OTLP as JSON.',
    );
  const target = endpoint === undefined ? null : toTarget(endpoint, input, context);
  const read = await withStore({ dataDir: stringOption(input, 'data-dir'), context }, (queries, noSession) =>
    input.operands.flatMap((wanted) => readSessionSpans(queries, toSessionId(queries, wanted)) ?? noSession(wanted)),
  );
  const spans = await cleanSpans(read);
  if (!target) return toOtlp(spans, 'http/json');
  let accepted = 0;
  for (let at = 0; at < spans.length; at += BATCH) {
    const { accepted: taken, complaint } = await post(target, spans.slice(at, at + BATCH));
    accepted += taken;
    if (complaint !== null) context.err(`deltascope: ${complaint}`);
  }
  context.out(`${accepted} of ${spans.length} spans sent to ${describeTarget(target)}.\n`);
  return null;
}

function toTarget(endpoint: string, input: CommandInput, { env }: CommandContext) {
  if (endpoint === 'env') return parseOtelTarget('env', env, '--endpoint');
  const headers = Object.fromEntries(listOption(input, 'header').map((text) => parseHeader(text, '--header')));
  return parseOtelTarget({ endpoint, headers, protocol: stringOption(input, 'protocol') }, env, '--endpoint');
}

async function post(...args: Parameters<typeof postSpans>): ReturnType<typeof postSpans> {
  try {
    return await postSpans(...args);
  } catch (error) {
    throw new UsageError(`export: ${(error as Error).message}.`);
  }
}
