import { describe, expect, it } from 'vitest';
import { BROKEN, cleanRows, LEAKED, RESPONSE, RS, toTrack } from './example-rows.ts';
import { buildIdRegistry, lookOf, shortenIds } from './id-registry.ts';

describe('buildIdRegistry', () => {
  const registry = buildIdRegistry([toTrack(BROKEN)]);
  it('gives hues in order of first appearance, none to responses and one-off orphans', () => {
    expect(lookOf(registry, RS)).toMatchObject({ slot: 1, isAnnounced: true, kind: 'reasoning' });
    expect(lookOf(registry, LEAKED)).toMatchObject({ slot: 2, isAnnounced: false, isForeign: true, kind: 'message' });
    expect(lookOf(registry, 'rs_6465596845267310449').slot).toBe(-1);
    expect(lookOf(registry, RESPONSE).slot).toBe(0);
  });
  it('keeps an id its look in later steps', () => {
    const two = buildIdRegistry([toTrack(BROKEN), toTrack(cleanRows(3), 'step-2')]);
    expect(lookOf(two, RS).slot).toBe(1);
    expect(lookOf(two, 'msg_0a1b2c3d').slot).toBe(3);
  });
  it('cycles after eight', () => {
    const tracks = Array.from({ length: 9 }, (_, i) => toTrack(cleanRows(2, `msg_${i}aaa${i}`, `resp_${i}`), `step-${i}`));
    expect(lookOf(buildIdRegistry(tracks), 'msg_8aaa8').slot).toBe(1);
  });
  it('shortens ids inside a sentence', () => {
    expect(shortenIds(`delta is for item "${LEAKED}", but`, registry)).toBe('delta is for item chatcmpl-01be, but');
  });
});
