/**
 * Breaks bytes as networks, disks, cut-off writes and other people's programs do, and worse: bits, borders,
 * line ends, UTF-8, numbers, depth, and pieces of other files. Knows nothing about what it breaks.
 */
import type { Random } from './random.ts';

const MAX_BYTES = 262_144;
const SNIPPETS: readonly (string | Uint8Array)[] = [
  ...['\r', '\n', '\r\n', '\n\n', '\r\r', '\n\r\n', '\0', '\uFEFF', '\u2028', '🌦', ' ', '\t', ':', 'data:', 'data: ', 'event: ', 'id: 1\n'],
  ...[
    'retry: 1\n',
    ': ping\n\n',
    'data: [DONE]\n\n',
    'data: {}\n\n',
    '"',
    '\\',
    '\\u0000',
    '\\ud800',
    '{',
    '}',
    '[',
    ']',
    ',',
    'null',
    'true',
  ],
  ...['-1', '0', '1e999', '-1e999', '1e-999', '9007199254740993', '99999999999999999999999', '0.1', '-0', '""', '{}', '[]', '"__proto__"'],
  ...['"constructor":', '"type":"error",', '"index":4294967296,', '"output_index":-1,', '"item_id":null,', '"id":"",'],
  Uint8Array.of(0xff),
  Uint8Array.of(0xc3),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf0, 0x9f),
  Uint8Array.of(0xc0, 0xaf),
];
const BIG_REPEATS = [2, 3, 50, 2_000];
const DEPTHS = [3, 100, 20_000];

type Mutation = (bytes: Buffer, random: Random, other: () => Uint8Array) => Uint8Array;

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const at = random.below(bytes.length);
    if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    return bytes;
  },
  (bytes, random) => {
    if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.below(bytes.length + 1)),
  (bytes, random) => insert(bytes, random, toBytes(random.pick(SNIPPETS))),
  (bytes, random) => insert(bytes, random, toBytes(random.pick(SNIPPETS))),
  // A stretch away, twice, or many times.
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const times = Math.min(random.pick(BIG_REPEATS), Math.floor(MAX_BYTES / (to - from + 1)));
    return Buffer.concat([bytes.subarray(0, to), ...Array.from({ length: times }, () => bytes.subarray(from, to)), bytes.subarray(to)]);
  },
  // Two stretches change places.
  (bytes, random) => {
    const [a, b, c, d] = [0, 0, 0, 0].map(() => random.below(bytes.length + 1)).toSorted((x, y) => x - y) as [
      number,
      number,
      number,
      number,
    ];
    return Buffer.concat([bytes.subarray(0, a), bytes.subarray(c, d), bytes.subarray(b, c), bytes.subarray(a, b), bytes.subarray(d)]);
  },
  // Whole blocks (frames, lines) swapped, doubled, dropped: what stays parses, and means something else.
  (bytes, random) => swapBlocks(bytes, random, '\n\n'),
  (bytes, random) => swapBlocks(bytes, random, '\n\n'),
  (bytes, random) => swapBlocks(bytes, random, ','),
  // One JSON value becomes another.
  (bytes, random) => replaceValue(bytes, random),
  (bytes, random) => replaceValue(bytes, random),
  (bytes, random) => replaceValue(bytes, random),
  (bytes, random) => {
    const depth = random.pick(DEPTHS);
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    return replaceValue(bytes, random, `${open.repeat(depth)}1${close.repeat(depth)}`);
  },
  (bytes, random) => Buffer.from(bytes.toString('latin1').replaceAll('\n', random.pick(['\r\n', '\r', '\n\r'])), 'latin1'),
  // The beginning of one file, the end of another.
  (bytes, random, other) => {
    const tail = other();
    return Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), tail.subarray(random.below(tail.length + 1))]);
  },
];

/** @param other another file of the same kind, to be mixed in. */
export function mutate(bytes: Uint8Array, random: Random, other: () => Uint8Array): Uint8Array {
  let mutated = Buffer.from(bytes.subarray(0, MAX_BYTES));
  for (let left = 1 + random.below(4); left > 0; left--) {
    const next = random.pick(mutations)(mutated, random, other);
    mutated = Buffer.from(next.subarray(0, MAX_BYTES));
  }
  return mutated;
}

/** The bytes in pieces: at every border, at a few, or in one. */
export function chop(bytes: Uint8Array, random: Random): Uint8Array[] {
  const size = random.pick([1, 7, 100, 4096, 65_536]);
  const pieces: Uint8Array[] = [];
  // Byte by byte is for small files; in large ones it finds nothing more.
  const step = bytes.length > 20_000 ? Math.max(size, 100) : size;
  for (let at = 0; at < bytes.length;) {
    const next = at + 1 + random.below(step);
    pieces.push(bytes.subarray(at, next));
    at = next;
  }
  return pieces;
}

function insert(bytes: Buffer, random: Random, what: Uint8Array): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}

function stretch(bytes: Buffer, random: Random): [from: number, to: number] {
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + 1 + random.below(random.pick([4, 60, 2000])))];
}

function swapBlocks(bytes: Buffer, random: Random, border: string): Buffer {
  const blocks = bytes.toString('latin1').split(border);
  const one = random.below(blocks.length);
  const two = random.below(blocks.length);
  const taken = blocks[one] as string;
  switch (random.below(3)) {
    case 0:
      [blocks[one], blocks[two]] = [blocks[two] as string, taken];
      break;
    case 1:
      blocks.splice(two, 0, taken);
      break;
    default:
      blocks.splice(one, 1);
  }
  return Buffer.from(blocks.join(border), 'latin1');
}

const VALUE = /(?<=":\s?)(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|\{\}|\[\])/g;
const VALUES = [
  'null',
  '""',
  '0',
  '-1',
  '1e308',
  '9007199254740993',
  'true',
  '[]',
  '{}',
  '[null]',
  '{"type":null}',
  '"\\ud800"',
  '"x"',
  '[[]]',
];

function replaceValue(bytes: Buffer, random: Random, by = random.oneIn(20) ? `"${'x'.repeat(50_000)}"` : random.pick(VALUES)): Buffer {
  const text = bytes.toString('latin1');
  const found = [...text.matchAll(VALUE)];
  if (found.length === 0) return insert(bytes, random, Buffer.from(by));
  const { index, 0: old } = random.pick(found);
  return Buffer.from(`${text.slice(0, index)}${by}${text.slice(index + old.length)}`, 'latin1');
}

function toBytes(snippet: string | Uint8Array): Uint8Array {
  return typeof snippet === 'string' ? Buffer.from(snippet, 'utf8') : snippet;
}
