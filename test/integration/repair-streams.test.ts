/**
 * Repair against everything recorded: broken streams lint without errors afterwards and are whole for
 * every JavaScript client; clean ones come out as the bytes they were.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintFrames } from '../../proxy-core/protocol/lint/run-rules.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { repairBytes, type RepairReport } from '../../proxy-core/repair/repair-stream.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { realClients } from '../../proxy-core/verdicts/clients/index.ts';
import { readStep } from '../../proxy-core/verdicts/read-stream.ts';
import { createVerdictRunner } from '../../proxy-core/verdicts/run-clients.ts';
import { hasShared, readCorpus, readCorpusFile, sharedPath } from '../helpers/shared-data.ts';

const CREATED_AT = 1_760_000_000;
/** Every stream that Agents JS can't take by design: it wants response.completed and nothing else. */
const isIncomplete = (path: string): boolean => readStep(readFileSync(path)).expected.terminalType === 'response.incomplete';

interface Repaired {
  path: string;
  source: Buffer;
  bytes: Uint8Array;
  report: RepairReport;
}

function repairFile(path: string): Repaired {
  const source = readFileSync(path);
  return { path, source, ...repairBytes(source, { createdAt: CREATED_AT }) };
}

const lint = (bytes: Uint8Array): Finding[] => lintFrames(readFrames(bytes)).findings;
const errorsOf = (bytes: Uint8Array): Finding[] => lint(bytes).filter((finding) => finding.severity === 'error');

function findStreams(folder: string, wanted: RegExp): string[] {
  return readdirSync(sharedPath(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(name))
    .map((name) => sharedPath(folder, name))
    .filter((path) => /"type": ?"response\.|event: response\./.test(readFileSync(path, 'utf8')));
}

const hasData = hasShared('violations') && hasShared('captures');
const paths = hasData ? [...findStreams('violations', /\.sse$/), ...findStreams('captures', /emitted\.sse$/)] : [];

describe.skipIf(!hasData)('repair of recorded broken streams', () => {
  it('finds streams to repair', () => {
    expect(paths.length).toBeGreaterThan(0);
  });

  it('leaves no error finding in any of them', () => {
    const left = paths.flatMap((path) => errorsOf(repairFile(path).bytes).map((finding) => `${path}: ${finding.rule}: ${finding.message}`));
    expect(left).toEqual([]);
  });

  it('has nothing more to change in what it made', () => {
    const again = paths.filter((path) => {
      const { bytes } = repairFile(path);
      return Buffer.compare(Buffer.from(repairBytes(bytes, { createdAt: 1 }).bytes), Buffer.from(bytes)) !== 0;
    });
    expect(again).toEqual([]);
  });

  it('leaves streams alone that have no error finding, no unknown event, usable usage and their content in deltas', () => {
    const rules = new Set(['known-event', 'usage-present', 'content-has-deltas']);
    const clean = paths.filter(
      (path) => !lint(readFileSync(path)).some((finding) => finding.severity === 'error' || rules.has(finding.rule)),
    );
    expect(clean.length).toBeGreaterThan(0);
    const changed = clean.filter((path) => {
      const { source, bytes } = repairFile(path);
      return Buffer.compare(source, Buffer.from(bytes)) !== 0;
    });
    expect(changed).toEqual([]);
  });

  it('makes every stream whole for every JavaScript client when its content is all there', { timeout: 180_000 }, async () => {
    const whole = paths.map(repairFile).filter(({ source, report }) => {
      const { terminalType, failure } = readStep(source).expected;
      return terminalType !== null && failure === null && report.unrepairable.length === 0;
    });
    expect(whole.length).toBeGreaterThan(100);
    const runner = createVerdictRunner({ workers: 2, timeoutMs: 60_000 });
    const names = realClients.map((client) => client.name);
    const broken: string[] = [];
    await Promise.all(
      whole.map(async ({ path, bytes }) => {
        const second = path.replace(/\.sse$/, '.step2.sse');
        const next = !path.endsWith('.step2.sse') && existsSync(second) ? repairFile(second).bytes : undefined;
        const { verdicts } = await runner.run(bytes, next, names);
        for (const { client, outcome, message } of verdicts) {
          if (outcome === 'ok' || (client === 'agents-js' && isIncomplete(path))) continue;
          broken.push(`${path} ${client}: ${outcome}: ${message}`);
        }
      }),
    );
    await runner.close();
    expect(broken).toEqual([]);
  });

  it('ends a cut stream as failed and says so', () => {
    const { bytes, report } = repairFile(join(sharedPath('violations'), 't_cut_clean.sse'));
    const last = readFrames(bytes).at(-1);
    expect(last?.event).toBe('response.failed');
    expect(report.unrepairable).toEqual(['the stream ends without a terminal event; it was ended with response.failed']);
  });
});

describe.skipIf(!hasShared('corpus'))('repair of genuine streams', () => {
  it('passes every OpenAI and Azure stream on byte for byte', () => {
    const entries = readCorpus('openai-responses').filter((entry) => entry.genuine && /^(?:openai|azure)$/.test(entry.provider));
    expect(entries.length).toBeGreaterThan(0);
    const changed = entries.filter((entry) => {
      const source = readCorpusFile(entry);
      return Buffer.compare(source, Buffer.from(repairBytes(source, { createdAt: CREATED_AT }).bytes)) !== 0;
    });
    expect(changed.map((entry) => entry.file)).toEqual([]);
  });
});
