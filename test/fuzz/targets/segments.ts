/** Rows of the recorder's own packed table, as a damaged disk gives them back. */
import {
  addChunk,
  addWrite,
  createSegmentDraft,
  decodeSegment,
  encodeSegment,
  writtenBytes,
} from '../../../proxy-core/recorder/segment.ts';
import { DamagedSegmentError } from '../../../proxy-core/recorder/varint.ts';
import { refuses, type FuzzTarget } from '../fuzz-target.ts';
import { responsesSeeds } from '../seed-files.ts';

/** In one file: how many chunks and events the row says it has, the marks, then the bytes. */
const HEAD_BYTES = 12;

export const segments: FuzzTarget = {
  name: 'segments',
  seeds: () => responsesSeeds().slice(0, 20).map(toRow),
  cases: 600,
  start: () => ({
    maxGrowth: 60,
    run(bytes) {
      const row = Buffer.concat([bytes, Buffer.alloc(Math.max(0, HEAD_BYTES - bytes.length))]);
      const marksEnd = HEAD_BYTES + (row.readUInt32LE(8) % (row.length - HEAD_BYTES + 1));
      const rest = row.subarray(marksEnd);
      try {
        const segment = decodeSegment({
          ...{ chunkFirst: 0, chunkCount: row.readUInt32LE(0), eventFirst: 0, eventCount: row.readUInt32LE(4), writeOffset: 0 },
          ...{ writeSize: rest.length, marks: row.subarray(HEAD_BYTES, marksEnd), chunkBytes: rest, writeBytes: rest },
        });
        const places = segment.events.every(({ offset, length }) => Number.isSafeInteger(offset) && Number.isSafeInteger(length));
        if (!places) throw new Error('A place of an event is no number.');
        return writtenBytes(segment).length + segment.chunks.length + segment.events.length;
      } catch (error) {
        if (!refuses(error, [DamagedSegmentError])) throw error;
        return 0;
      }
    },
  }),
};

function toRow(stream: Uint8Array): Uint8Array {
  const draft = createSegmentDraft(0);
  const size = Math.ceil(stream.length / 8);
  for (let index = 0; index < 8; index++) {
    const bytes = stream.subarray(index * size, (index + 1) * size);
    addChunk(draft, { index, tUs: index * 100, attempt: 0, bytes });
    addWrite(draft, index * 100 + 5, index % 2 === 0 ? bytes : Buffer.concat([bytes]));
    draft.events.push({ index, tUs: index * 100 + 6, chunkIndex: index, offset: index * size, length: bytes.length });
  }
  const { marks, chunkBytes, chunkCount, eventCount } = encodeSegment(draft, { chunk: 0, event: 0 });
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(chunkCount, 0);
  head.writeUInt32LE(eventCount, 4);
  head.writeUInt32LE(marks.length, 8);
  return Buffer.concat([head, marks, chunkBytes]);
}
