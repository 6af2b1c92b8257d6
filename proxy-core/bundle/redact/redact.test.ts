import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../protocol/json.ts';
import { createSecretFinder } from './find-secrets.ts';
import { reescape, scanJson, unescape } from './json-tokens.ts';
import { openBody } from './open-body.ts';
import { createPlaceholders } from './placeholders.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const sse = (...events: object[]): Buffer => Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));

describe('json tokens', () => {
  it('finds every string and number of any JSON, with its path', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value = parseJson(json);
        for (const { kind, start, end, path } of scanJson(json)) {
          const found = path.reduce<unknown>((inner, key) => (inner as { [key: string]: unknown })[key], value);
          const raw = json.slice(start, end);
          expect(kind === 'string' ? parseJson(`"${raw}"`) : Number(raw)).toEqual(kind === 'string' ? found : Number(String(found)));
          if (kind === 'string') expect(unescape(raw)).toBe(found);
        }
      }),
    );
  });

  it('keeps the notation of what it replaces', () => {
    expect(reescape('a\\u00e9\\n\\"b', unescape('x\\u00f8\\n\\"y'))).toBe('x\\u00f8\\n\\"y');
    expect(scanJson('{"a":"cut off')).toMatchObject([{ path: ['a'], start: 6, end: 13 }]);
  });
});

describe('placeholders', () => {
  const plain = createPlaceholders();

  it('keep lengths in every encoding, and the beginning of a text is the beginning of its placeholder', () => {
    for (const options of [{}, { isDistinct: true }]) {
      const placeholders = createPlaceholders(options);
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (said, at) => {
          const hidden = placeholders.text(said);
          expect([hidden.length, Buffer.byteLength(hidden)]).toEqual([said.length, Buffer.byteLength(said)]);
          expect(hidden.startsWith(placeholders.text(said.slice(0, at % (said.length + 1))))).toBe(true);
        }),
      );
    }
  });

  it('keep JSON what it is: structure, names, literals; and hide the values', () => {
    expect(plain.text('{"city": "Castrop", "n": 123456.75, "ok": true, "a b": ["Ada"]}')).toBe(
      '{"city": "Xxxxxxx", "n": 123000.00, "ok": true, "x x": ["Xxx"]}',
    );
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), (json) => {
        fc.pre(/^[{[]/.test(json));
        expect(parseJson(plain.text(json))).not.toBe(undefined);
      }),
    );
  });

  it('keep the values that a schema lists', () => {
    expect(createPlaceholders({ kept: new Set(['celsius']) }).text('{"unit":"celsius","city":"Rome"}')).toBe(
      '{"unit":"celsius","city":"Xxxx"}',
    );
  });

  it('tell texts apart where that is asked for', () => {
    const distinct = createPlaceholders({ isDistinct: true });
    expect([distinct.text('Hello'), distinct.text('Hallo'), distinct.text('Hello')]).toEqual(['Xxxxx', 'Xyxxx', 'Xxxxx']);
  });
});

describe('open body', () => {
  it('gives streamed texts as one, and puts their replacement back across the borders', () => {
    const body = sse(
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'sec' },
      { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: 'other' },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'ret' },
    );
    const open = openBody(body);
    const secret = open.texts.find((one) => one.text === 'secret');
    secret?.replace('******');
    expect(text(open.finish())).toBe(text(body).replace('"sec"', '"***"').replace('"ret"', '"***"'));
  });

  it('leaves bytes alone that nobody replaces, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, line) => {
        const body = Buffer.concat([Buffer.from(`data: ${line}\n\n`), bytes]);
        expect(Buffer.from(openBody(body).finish()).equals(body)).toBe(true);
      }),
    );
  });

  it('reads several data lines, CRLF, comments and lines of JSON', () => {
    const open = openBody(Buffer.from(': note\r\ndata: {"a":\r\ndata: "one"}\r\n\r\ndata: plain\r\n\r\n'));
    expect(open.texts.map((one) => [one.kind, one.text])).toEqual([
      ['comment', ' note'],
      ['string', 'one'],
      ['raw', 'plain'],
    ]);
    open.texts[1]?.replace('two');
    expect(text(open.finish())).toBe(': note\r\ndata: {"a":\r\ndata: "two"}\r\n\r\ndata: plain\r\n\r\n');
    expect(openBody(Buffer.from('{"a":"x"}\n{"a":"y"}\n')).texts.map((one) => one.text)).toEqual(['x', 'y']);
  });
});

describe('secret finder', () => {
  const find = async (...texts: string[]): Promise<string[]> => {
    const finder = createSecretFinder();
    for (const one of texts) finder.learn(one);
    await finder.search();
    return texts.map(finder.mask);
  };

  it('hides a secret everywhere once it was recognised anywhere, in the same width', async () => {
    const [first, second] = await find('Authorization: Bearer abc123def456ghi', 'echo abc123def456ghi');
    expect(first).toBe('Authorization: Bearer [secret-1]*****');
    expect(second).toBe('echo [secret-1]*****');
  });

  it.each([
    'sk-proj-abcdefghijklmnop1234',
    'sk-ant-api03-abcdefghijklmnop',
    'AIzaSyA1234567890abcdefghijklmnopqrstuv',
    'AKIAIOSFODNN7EXAMPLE',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'xoxb-1234567890-abcdefghij',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N',
    'hf_abcdefghijklmnopqrstuvwxyzABCDEF',
    'glpat-abcdefghij1234567890',
    'https://ada:hunter2secret@example.com/x',
    'https://example.com/?api_key=abcdef123456',
    '{"client_secret": "abcdef123456"}',
    'export OPENAI_API_KEY=abcdef123456',
    `data:text/plain;base64,${Buffer.from('token sk-proj-abcdefghijklmnop1234').toString('base64')}`,
    // What only secretlint knows.
    'shpat_0123456789abcdef0123456789abcdef',
    'lin_api_abcdefghijklmnopqrstuvwxyz0123456789ABCD',
    'figd_abcdefghijklmnopqrstuvwxyz0123456789abcd',
    `data:text/plain;base64,${Buffer.from('token shpat_0123456789abcdef0123456789abcdef').toString('base64')}`,
  ])('knows %s', async (secret) => {
    const [masked] = await find(secret);
    expect(masked).toHaveLength(secret.length);
    expect(masked).toMatch(/\*|\[secret/);
  });

  it.each([
    'a basic understanding of things',
    'the bearer of bad news',
    'resp_0dcf1a118189f28100691daa559110',
    'task-management-for-everybody',
    '"password": ""',
  ])('leaves "%s" alone', async (harmless) => expect(await find(harmless)).toEqual([harmless]));

  it.each(['a-', 'x.', 'A_', 'aB3-_', 'http://a:', 'eyJaaaaaaaaa.', '-----BEGIN PRIVATE KEY-----', '"key": "', ' '])(
    'gets through half a megabyte of %j',
    async (piece) => {
      // A pattern that starts anew at every place would need hours.
      const text = piece.repeat(500_000 / piece.length);
      expect((await find(text))[0]).toHaveLength(text.length);
    },
  );

  it('masks the password of an address, not the rest of it', async () => {
    const [masked] = await find('use postgres://ada:hunter2secret@db.example.com:5432/x please');
    expect(masked).toBe('use postgres://ada:[secret-1]***@db.example.com:5432/x please');
  });

  it('knows the same secrets when it begins anew, and has counted none', async () => {
    const finder = createSecretFinder();
    finder.learn('shpat_0123456789abcdef0123456789abcdef');
    await finder.search();
    finder.mask('shpat_0123456789abcdef0123456789abcdef');
    const again = finder.fresh();
    expect(again.found).toEqual([]);
    again.mask('shpat_0123456789abcdef0123456789abcdef');
    expect(again.found).toMatchObject([{ rule: 'shopify', count: 1, placeholder: finder.found[0]?.placeholder }]);
  });
});
