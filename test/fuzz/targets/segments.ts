/** Rows of the recorder's own packed table, as a damaged disk gives them back. */
import { decodeSegment, writtenBytes } from '../../../proxy-core/recorder/segment.ts';
import { createVarintWriter, DamagedSegmentError } from '../../../proxy-core/recorder/varint.ts';
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

/** A sound row, written here by the rules of segment.ts: eight chunks, a write for each, an event for each. */
function toRow(stream: Uint8Array): Uint8Array {
  const count = 8;
  const size = Math.floor(stream.length / count);
  const marks = createVarintWriter(count * 20);
  for (let index = 0; index < count; index++) {
    marks.signed(100);
    marks.unsigned(size);
    marks.unsigned(0);
  }
  marks.unsigned(count);
  for (let index = 0; index < count; index++) {
    marks.signed(100);
    marks.unsigned(size);
    marks.unsigned(index % 2 === 0 ? index + 1 : 0);
  }
  for (let index = 0; index < count; index++) {
    marks.signed(100);
    marks.signed(1);
    marks.signed(0);
    marks.unsigned(size);
  }
  const packed = marks.finish();
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(count, 0);
  head.writeUInt32LE(count, 4);
  head.writeUInt32LE(packed.length, 8);
  return Buffer.concat([head, packed, stream]);
}
