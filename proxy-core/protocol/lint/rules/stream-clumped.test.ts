import { describe, expect, it } from 'vitest';
import { messageEvents, wholeStream } from '../example-streams.ts';
import { exampleDigest } from '../upstream-digest/example-digest.ts';
import { runCase } from '../run-case.ts';
import { streamClumped } from './stream-clumped.ts';

describe('stream-clumped', () => {
  it('is silent on its good example', () => {
    expect(runCase(streamClumped.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(streamClumped.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['stream-clumped']));
    expect(findings[0]).toMatchObject({ severity: 'note', event: null });
  });

  const words = Array.from({ length: 60 }, (_, index) => `word${index} `);
  const bunched = wholeStream(messageEvents(0, 'msg_1', words)).map((event, index) => ({
    ...event,
    $tUs: 400_000 + Math.floor(index / 20) * 900_000,
  }));

  it('says whether the bunches were there before the bridge', () => {
    const hops = (count: number) => {
      const upstream = { ...exampleDigest([words.join('')]), arrivals: { count, spanUs: 2_700_000 } };
      return runCase({ events: bunched, end: { upstream } }).map(({ rule, hop }) => `${rule} ${hop}`);
    };
    expect(hops(4)).toEqual(['stream-clumped upstream']);
    expect(hops(50)).toEqual(['stream-clumped bridge']);
  });

  it('is silent without times', () => {
    expect(runCase({ events: wholeStream(messageEvents(0, 'msg_1', words)) })).toEqual([]);
  });
});
