import { describe, expect, it } from 'vitest';
import { toFileRows } from './file-rows.ts';
import { toProofs } from './to-proofs.ts';

const held = { findingsAreTheSame: true, verdictsAreTheSame: true, findingCount: 54, verdictCount: 17, filesWithSecrets: [] };

describe('the proofs of a bundle', () => {
  it('say what was counted when all hold', () => {
    expect(toProofs(held, [], '20 files')).toEqual([
      { state: 'held', text: 'No secret found in 20 files' },
      { state: 'held', text: 'No request had a credential header' },
      { state: 'held', text: 'Same findings before and after: 54 of 54' },
      { state: 'held', text: 'Same verdicts before and after: 17 of 17' },
    ]);
  });

  it('name what was masked, and headers that were never recorded', () => {
    const redactions = [
      { kind: 'secret', what: 'openai-key', placeholder: '[secret-1]**', count: 3 },
      { kind: 'header', what: 'authorization', placeholder: '[redacted]', count: 2 },
      { kind: 'header', what: 'x-api-key', placeholder: '[redacted]', count: 2 },
    ] as const;
    expect(toProofs(held, redactions, '20 files').map(({ text }) => text)).toEqual(
      expect.arrayContaining(['1 secret masked, none left in 20 files', 'authorization and x-api-key were never recorded']),
    );
  });

  it('tell what does not hold from what could not be checked', () => {
    const broken = { ...held, filesWithSecrets: ['report.md'], findingsAreTheSame: false, verdictsAreTheSame: null };
    expect(toProofs(broken, [], '20 files').map(({ state }) => state)).toEqual(['broken', 'held', 'broken', 'open']);
  });
});

describe('the files of a bundle', () => {
  const files = ['report.md', 'steps/0/request.json', 'steps/0/emitted.sse', 'session.har'].map((name) => ({ name, size: 10 }));
  const redactions = [{ kind: 'content', what: 'steps/0', placeholder: 'x', count: 5 }] as const;

  it('stand under their step, with what was taken out', () => {
    const rows = toFileRows(files, { redactions, counts: new Map([['steps/0/emitted.sse', 3]]), folded: new Set() });
    expect(rows.map(({ title, size, redacted }) => [title, size, redacted])).toEqual([
      ['report.md', 10, 0],
      ['steps/0', 20, 5],
      ['request.json', 10, 0],
      ['emitted.sse', 10, 3],
      ['session.har', 10, 0],
    ]);
  });

  it('are hidden when their step is folded, and still counted', () => {
    const rows = toFileRows(files, { redactions, counts: new Map(), folded: new Set(['steps/0']) });
    expect(rows.map(({ title, size }) => [title, size])).toEqual([
      ['report.md', 10],
      ['steps/0', 20],
      ['session.har', 10],
    ]);
  });
});
