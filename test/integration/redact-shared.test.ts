/** Redaction over real streams: the same findings, the same sizes, and no word left. Needs ../shared. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openBody } from '../../proxy-core/bundle/redact/open-body.ts';
import { redactKeepingFindings } from '../../proxy-core/bundle/redact/keep-findings.ts';
import type { SessionRecord } from '../../proxy-core/bundle/session-record.ts';
import { readSessions } from '../../proxy-core/import/read-sessions.ts';
import { hasShared, readCorpus, readCorpusFile, sharedPath } from '../helpers/shared-data.ts';

describe('redaction of real streams', () => {
  it.skipIf(!hasShared('violations'))('keeps the findings of every broken stream', async () => {
    const names = readdirSync(sharedPath('violations')).filter((name) => name.endsWith('.sse'));
    expect(names.length).toBeGreaterThan(100);
    const bad: string[] = [];
    for (const name of names) if (!(await isKept(readFileSync(sharedPath('violations', name))))) bad.push(name);
    expect(bad).toEqual([]);
  });

  it.skipIf(!hasShared('corpus'))('keeps the findings of genuine streams, and nothing that was said', async () => {
    const entries = readCorpus('openai-responses').filter((_entry, index) => index % 5 === 0);
    expect(entries.length).toBeGreaterThan(0);
    const bad: string[] = [];
    for (const entry of entries) if (!(await isKept(readCorpusFile(entry)))) bad.push(entry.file);
    expect(bad).toEqual([]);
  });

  it.skipIf(!hasShared('violations'))('imports every broken stream as it is', async () => {
    const names = readdirSync(sharedPath('violations')).filter((name) => name.endsWith('.sse'));
    for (const name of names) {
      const bytes = readFileSync(sharedPath('violations', name));
      const { sessions } = await readSessions(name, bytes);
      expect(Buffer.concat(sessions[0]?.steps[0]?.writes.map((write) => write.bytes) ?? []).equals(bytes), name).toBe(true);
    }
  });
});

async function isKept(bytes: Buffer): Promise<boolean> {
  const { record, hasSameFindings } = await redactKeepingFindings(toRecord(bytes), 'content');
  const hidden = record.steps[0]?.writes[0]?.bytes ?? new Uint8Array();
  const spoken = openBody(hidden).texts.filter(({ path, type }) => type.endsWith('output_text.delta') && path.at(-1) === 'delta');
  // Answers that are JSON keep the names in it.
  const isSilent = spoken.every(({ text }) => /^\s*[{[]/.test(text) || !/[a-wyzA-WYZ]{4,}/.test(text));
  return hasSameFindings && hidden.length === bytes.length && isSilent;
}

function toRecord(bytes: Uint8Array): SessionRecord {
  const counts = { error: 0, warning: 0, note: 0 };
  const common = { startedAt: 0, usage: null, linkedBy: null, findingCounts: counts, status: 'completed' as const };
  return {
    session: {
      ...common,
      ...{ id: 'sess_1', title: '', client: null, models: [], endedAt: null, stepCount: 1, costUsd: null, replayOf: null },
      ...{ upstreams: [], pinned: false, faultCount: 0 },
    },
    steps: [
      {
        step: {
          ...common,
          ...{
            id: 'step_1',
            sessionId: 'sess_1',
            index: 0,
            responseId: null,
            previousResponseId: null,
            upstream: 'x',
            model: null,
            stream: true,
          },
          ...{
            httpStatus: 200,
            firstEventMs: null,
            durationMs: null,
            chunkCount: 0,
            eventCount: 0,
            responseIdAliases: [],
            error: null,
            gap: null,
          },
          ...{ upstreamKind: 'responses', method: 'POST', path: '/v1/responses' },
        },
        transport: 'http',
        request: { method: 'POST', path: '/v1/responses', headers: [], body: Buffer.from('{}') },
        ...{ attempts: [], response: null, chunks: [], writes: [{ tUs: 0, bytes }], events: [], warnings: [], findings: [], verdicts: [] },
      },
    ],
  };
}
