/** Arrivals that come in bunches show that something on the way buffers. */
import { defineRule } from '../define-rule.ts';
import { messageEvents, wholeStream } from '../example-streams.ts';

/** Events closer together than this belong to one bunch. */
const BUNCH_GAP_US = 20_000;
const MIN_EVENTS = 40;
const MIN_EVENTS_PER_BUNCH = 15;
const MIN_SPAN_US = 1_000_000;

const words = Array.from({ length: 60 }, (_, index) => `word${index} `);
const clean = wholeStream(messageEvents(0, 'msg_1', words));

export const streamClumped = defineRule({
  id: 'stream-clumped',
  severity: 'note',
  title: 'Stream arrives in bunches',
  why: 'A buffering proxy or compression layer turns a stream into a few large blocks: the first word comes late, then many at once.',
  source:
    'Signature seen with buffering reverse proxies: time to first token goes up and the gaps between events go to zero (dstack#4269, 2026).',
  breaks: 'Nobody fails; users wait.',
  fix: 'Turn off response buffering and compression for text/event-stream on the hop (X-Accel-Buffering: no) and flush after each event.',
  example: {
    good: { events: clean.map((event, index) => ({ ...event, $tUs: 400_000 + index * 40_000 })) },
    bad: { events: clean.map((event, index) => ({ ...event, $tUs: 400_000 + Math.floor(index / 20) * 900_000 + (index % 20) * 100 })) },
  },
  create({ report }) {
    let first: number | null = null;
    let last = 0;
    let count = 0;
    let bunches = 0;
    let deltas = 0;
    return {
      event(facts) {
        const { tUs } = facts.event;
        if (tUs === null) return;
        if (facts.spec?.role === 'delta') deltas += 1;
        count += 1;
        if (first === null || tUs - last > BUNCH_GAP_US) bunches += 1;
        first ??= tUs;
        last = tUs;
      },
      end(info) {
        const span = first === null ? 0 : last - first;
        if (count < MIN_EVENTS || deltas < count / 2 || bunches < 2 || bunches > count / MIN_EVENTS_PER_BUNCH || span < MIN_SPAN_US) return;
        // When the upstream's bytes came in the same bunches, the buffer lies before us.
        const { arrivals } = info.upstream ?? {};
        report({
          item: null,
          ...(arrivals ? { hop: arrivals.count <= bunches * 2 ? ('upstream' as const) : ('bridge' as const) } : {}),
          message: `${count} events arrived in ${bunches} bunches over ${Math.round(span / 1000)} ms: a hop on the way seems to buffer.`,
          expected: 'events spread over time',
          actual: { events: count, bunches, spanMs: Math.round(span / 1000) },
        });
      },
    };
  },
});
