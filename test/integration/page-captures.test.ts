/** The page's model over real recorded streams: every event finds its place, every unannounced id is seen. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendEvents } from '../../renderer/model/append-events.ts';
import { toChunkColumns, toEventColumns } from '../../renderer/model/example-rows.ts';
import { appendChunks, createStepTrack, setFindings, type StepTrack } from '../../renderer/model/step-track.ts';
import { toScene } from '../../renderer/model/timeline/scene.ts';
import { capturesFolder, loadCapture, type MockStep } from '../helpers/mock-sessions.ts';

const folder = capturesFolder();
const base = folder === null ? null : join(folder, 'litellm-1.83.14');
const NEEDED = ['emitted.sse', 'upstream.sse', 'timing.json', 'request.json'];

function toTrack(step: MockStep): StepTrack {
  const track = createStepTrack(step.step.id);
  appendEvents(track, toEventColumns(step.events));
  appendChunks(track, toChunkColumns(step.chunks));
  setFindings(track, step.findings);
  return track;
}

describe.skipIf(base === null)('real captures on the timeline (skipped without ../shared/captures)', () => {
  it('hangs the eight reasoning deltas of the second step on a ghost lane, and the message on a lane of its own', () => {
    const steps = loadCapture(base!, 'c3-loop-think', 'session', 0).steps.map(toTrack);
    const lanes = steps[1]!.lanes.lanes;
    expect(lanes.map((lane) => [lane.kind, lane.isAnnounced, lane.ghosts.length])).toEqual([
      ['reasoning', true, 8],
      ['message', false, 0],
    ]);
    expect(steps[1]!.upstream.blocks.map((block) => block.label)).toEqual(['thinking', 'text']);
  });

  it('places every event of every capture, and no lane is left without a row', () => {
    const names = readdirSync(base!).filter((name) => NEEDED.every((file) => existsSync(join(base!, name, file))));
    let examined = 0;
    for (const name of names) {
      const [step] = loadCapture(base!, name, name, 0).steps;
      const track = toTrack(step!);
      const { layout } = toScene(track, 'time');
      expect(track.count, name).toBe(step!.events.length);
      for (const lane of track.lanes.lanes) {
        const isQuiet = layout.rows.some((row) => row.quiet.includes(lane));
        expect(isQuiet || layout.rowOfLane[lane.position] !== null, name).toBe(true);
      }
      examined += 1;
    }
    expect(examined).toBeGreaterThan(0);
  });
});
