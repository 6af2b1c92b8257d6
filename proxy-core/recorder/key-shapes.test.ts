import { describe, expect, it } from 'vitest';
import { findKeys } from './key-shapes.ts';

const find = (value: unknown): string[] => findKeys(Buffer.from(JSON.stringify(value)));

describe('key shapes', () => {
  it('finds pasted keys, headers of remote tools and keys in data URLs', () => {
    expect(find({ input: 'my key is sk-proj-abcdefghij1234567890, keep it' })).toEqual(['sk-proj-abcdefghij1234567890']);
    expect(find({ tools: [{ type: 'mcp', headers: { Authorization: 'Bearer opaque-token-1' } }] })).toEqual(['opaque-token-1']);
    const payload = Buffer.from('AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE').toString('base64');
    expect(find({ file_data: `data:text/plain;base64,${payload}` })).toEqual(['AKIAIOSFODNN7EXAMPLE', payload]);
  });

  it('leaves ids, words and images alone', () => {
    expect(
      find({ id: 'resp_0dcf1a118189f28100691daa5591108194a7dc13f2d6faa80c', text: 'a task-oriented risk-assessment', call_id: 'call_1' }),
    ).toEqual([]);
    expect(find({ image_url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(50)}` })).toEqual([]);
  });

  it('takes no longer than the body is', () => {
    const body = Buffer.from(JSON.stringify({ input: 'sk-'.repeat(200_000) + 'eyJ.'.repeat(100_000) }));
    expect(findKeys(body)).toEqual([]);
  });
});
