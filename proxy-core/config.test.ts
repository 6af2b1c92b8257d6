import { describe, expect, it } from 'vitest';
import { parseUpstream } from './config.ts';

const base = { name: 'gateway', kind: 'responses', baseURL: 'http://127.0.0.1:4000/v1/' };

describe('parseUpstream', () => {
  it('keeps what it knows and trims the address', () => {
    const config = { ...base, profile: 'openrouter', repair: true, quirks: ['litellm-step2'] };
    expect(parseUpstream(config, '--upstream')).toEqual({ ...config, baseURL: 'http://127.0.0.1:4000/v1' });
  });

  it.each([
    [{ quirks: 'litellm-step2' }, "--upstream: 'quirks' must be a list"],
    [{ quirks: [1] }, "--upstream: 'quirks' must be a list"],
    [{ quirks: ['no-such-quirk'] }, 'no-such-quirk'],
    [{ profile: 1 }, "--upstream: 'profile' must be a name"],
    [{ repair: 'yes' }, "--upstream: 'repair' must be true or false"],
    [{ webSearch: 1 }, "--upstream: 'webSearch' must be true or false"],
    [{ headers: { a: 1 } }, "--upstream: 'headers' must be an object of strings"],
    [{ apiKey: '' }, "--upstream: 'apiKey' must be a key"],
    [{ baseURL: 'file:///etc' }, "--upstream: 'baseURL' must be an http"],
  ])('says what is wrong with %j', (field, sentence) => {
    expect(() => parseUpstream({ ...base, ...field }, '--upstream')).toThrow(sentence);
  });
});
