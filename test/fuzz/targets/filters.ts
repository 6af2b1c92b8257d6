/** The filter language of the event table, over a track whose names and ids are odd, too. */
import { BROKEN, toFinding, toTrack, type RowSketch } from '../../../renderer/model/example-rows.ts';
import { filterEvents, parseFilter, suggest, toFilterText } from '../../../renderer/model/filters.ts';
import { setFindings } from '../../../renderer/model/step-track.ts';
import { FREE_BYTES, type FuzzTarget } from '../fuzz-target.ts';

const SEEDS = [
  'type:*.delta -item:rs_28ec text:"is 21" plain',
  'index:0 rule:item-id-announced severity:warn event:3-5 event:11- after:98 before:200.5 -after:-1',
  'type:*a*a*a*a*a*a*a*a*a*a*a*b text:"unfinished',
  'http://x type: "" -"" -- ::: type::x text:\\ (a|b)+ [ ] { } ^$ .*',
];

export const filters: FuzzTarget = {
  name: 'filters',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  cases: 600,
  start() {
    const rows = BROKEN.map((row, index): RowSketch => (index === 3 ? ['a'.repeat(5_000), 1, 'rs_1', 0] : row));
    const track = toTrack(rows);
    setFindings(track, [toFinding('item-id-announced', 9)]);
    const labelOf = (id: string): string => id.slice(0, 7);
    return {
      maxGrowth: 40,
      run(bytes) {
        const source = Buffer.from(bytes.subarray(0, FREE_BYTES)).toString('utf8');
        const terms = parseFilter(source);
        const found = filterEvents(track, terms.slice(0, 50), null, labelOf) ?? [];
        for (const term of terms) {
          if (term.value.includes('"')) continue;
          const [again, ...more] = parseFilter(toFilterText(term));
          if (more.length > 0 || again?.value !== term.value || again.key !== term.key)
            throw new Error(`${toFilterText(term)} is read as something else.`);
        }
        return found.length + JSON.stringify(terms).length + suggest(source, track, labelOf).join('').length;
      },
    };
  },
};
