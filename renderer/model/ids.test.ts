import { describe, expect, it } from 'vitest';
import { WRAPPED, RESPONSE } from './example-rows.ts';
import { decodeId, isForeignId, splitId, toShortLabels } from './ids.ts';

describe('splitId', () => {
  it('cuts the namespace off, whatever separator it has', () => {
    expect(splitId('chatcmpl-01beab1d-8760')).toEqual({ namespace: 'chatcmpl-', body: '01beab1d-8760' });
    expect(splitId('rs_-3706709133065373826')).toEqual({ namespace: 'rs_', body: '-3706709133065373826' });
    expect(splitId('0123')).toEqual({ namespace: '', body: '0123' });
  });
});

describe('toShortLabels', () => {
  it('takes four characters when they are enough', () => {
    expect(toShortLabels(['rs_28ecc280', 'msg_01xxUgP1']).get('rs_28ecc280')).toBe('rs_28ec');
  });
  it('takes as many as it needs to be unique', () => {
    const labels = toShortLabels(['msg_abcdef01', 'msg_abcdeg01']);
    expect(labels.get('msg_abcdef01')).toBe('msg_abcdef');
    expect(labels.get('msg_abcdeg01')).toBe('msg_abcdeg');
  });
  it('shows the end of ids that share a long head', () => {
    const labels = toShortLabels(['msg_01a1fd42a4ca5592d97c', 'msg_01a1fd42a4cb12e40f8f', 'msg_28ecc280']);
    expect(labels.get('msg_01a1fd42a4ca5592d97c')).toBe('msg_…d97c');
    expect(labels.get('msg_28ecc280')).toBe('msg_28ec');
    const twins = toShortLabels(['msg_01a1fd42a4ca5592d97c', 'msg_01a1fd42a4cb12e4d97c']);
    expect(twins.get('msg_01a1fd42a4ca5592d97c')).toBe('msg_01a1fd42a4ca');
  });
  it('never cuts in the middle of the unique head and gives every id a label', () => {
    const ids = Array.from({ length: 300 }, (_, i) => `fc_${(i * 7919).toString(36).padStart(6, '0')}`);
    const labels = toShortLabels(ids);
    expect(labels.size).toBe(300);
    expect(new Set(labels.values()).size).toBe(300);
  });
  it('shows the id inside an encoded one', () => {
    expect(decodeId(WRAPPED)).toBe(RESPONSE);
    expect(toShortLabels([WRAPPED, RESPONSE]).get(WRAPPED)).toBe('resp_50ec·b64');
  });
  it('leaves long ids alone that only look like base64', () => {
    expect(decodeId('resp_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071')).toBeNull();
  });
});

describe('isForeignId', () => {
  it('knows namespaces of other APIs', () => {
    expect(['chatcmpl-1', 'gen-1', 'toolu_1', 'msg_1', 'fc_1'].map(isForeignId)).toEqual([true, true, true, false, false]);
  });
});
