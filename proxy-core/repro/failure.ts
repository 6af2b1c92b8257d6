/**
 * What makes a stream fail, as a question that can be asked of a smaller one: does it still fail in the same
 * way? "Any failure" will not do, since a stream with pieces missing always fails somehow.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UsageError } from '../errors.ts';
import { parseJsonObject } from '../protocol/json.ts';
import type { Finding } from '../protocol/lint/finding.ts';
import { findRule } from '../protocol/lint/rules/index.ts';
import { lintFrames } from '../protocol/lint/run-rules.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { CLIENT_NAMES, type VerdictRunner } from '../verdicts/run-clients.ts';

export interface Failure {
  /** `rule item-id-announced`, `client ai6`. */
  name: string;
  /** What it says, in one sentence. */
  message: string;
  client: string | undefined;
  rule: string | undefined;
  holds(first: Uint8Array, second: Uint8Array | undefined): Promise<boolean>;
}

/** The rule's first finding. @throws UsageError for an unknown rule, and when the stream does not break it. */
export function toRuleFailure(rule: string | undefined, bytes: Uint8Array): Failure {
  if (rule !== undefined && !findRule(rule)) throw new UsageError(`There is no rule "${rule}"; docs/rules/ lists them.`);
  const findings = lint(bytes);
  const wanted = rule === undefined ? findings.find(({ severity }) => severity === 'error') : findings.find((one) => one.rule === rule);
  if (!wanted)
    throw new UsageError(
      rule === undefined
        ? 'The stream breaks no rule that is an error; name a rule or a client.'
        : `The stream does not break the rule ${rule}.`,
    );
  const key = keyOf(wanted, bytes);
  return {
    name: `rule ${wanted.rule}`,
    message: wanted.message,
    client: undefined,
    rule: wanted.rule,
    async holds(first) {
      // Linting does not wait for anything: between two tries others have their turn, and a cancel is heard.
      await nextTurn();
      return lint(first).some((one) => keyOf(one, first) === key);
    },
  };
}

/** @throws UsageError for an unknown client, one that is not installed, and one that does all right. */
export async function toClientFailure(
  client: string,
  streams: { first: Uint8Array; second: Uint8Array | undefined },
  runner: VerdictRunner,
): Promise<Failure> {
  if (!CLIENT_NAMES.some((name) => name === client))
    throw new UsageError(`There is no client "${client}". Clients: ${CLIENT_NAMES.join(', ')}.`);
  const run = async (first: Uint8Array, second: Uint8Array | undefined) => {
    const { verdicts, unavailable } = await runner.run(first, second, [client]);
    return { verdict: verdicts[0], why: unavailable[0]?.why };
  };
  const { verdict, why } = await run(streams.first, streams.second);
  if (!verdict) throw new UsageError(why ?? `The client ${client} can't be run here.`);
  if (verdict.outcome === 'ok') throw new UsageError(`${client} ${verdict.version} does all right with this stream.`);
  const key = shapeOf(verdict.message);
  return {
    name: `client ${client} ${verdict.version}`,
    message: shorten(verdict.message),
    client,
    rule: undefined,
    async holds(first, second) {
      const now = (await run(first, second)).verdict;
      return now?.outcome === verdict.outcome && shapeOf(now.message) === key;
    },
  };
}

function lint(bytes: Uint8Array): Finding[] {
  return lintFrames(readFrames(bytes)).findings;
}

/** The same rule on the same kind of event of the same item, wherever that has moved to. */
function keyOf({ rule, severity, event, itemId, outputIndex }: Finding, bytes: Uint8Array): string {
  const type = event === null ? null : typeAt(bytes, event);
  return JSON.stringify([rule, severity, type, itemId, outputIndex]);
}

function typeAt(bytes: Uint8Array, index: number): unknown {
  const datas = readFrames(bytes).flatMap(({ data }) => (data.trim() === '[DONE]' ? [] : [data]));
  return parseJsonObject(datas[index] ?? '')?.['type'] ?? null;
}

/** Some clients print a whole schema with their complaint. */
function shorten(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

/** A message without what changes from run to run: ids, numbers, quoted texts. */
function shapeOf(message: string): string {
  return message
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"')
    .replaceAll(/\b[a-z]+[_-][\w-]{6,}/gi, 'id')
    .replaceAll(/\d+/g, '0')
    .slice(0, 200);
}
