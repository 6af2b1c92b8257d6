import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { callStream, change, parallelStream, reasoningStream, textStream } from './example-streams.ts';
import { runCase, toCaseEvents } from './run-case.ts';
import { createLinter, lintFrames } from './run-rules.ts';

const streams = [textStream(), callStream(), reasoningStream(), parallelStream()];
const broken = change(textStream(), 'response.output_text.delta', { item_id: 'msg_x' });

describe('linter', () => {
  it('reports a finding with the event that completes it', () => {
    const linter = createLinter();
    const reported = toCaseEvents(broken).map((event) => linter.event(event).map(({ rule }) => rule));
    expect(reported.map((rules, index) => (rules.length > 0 ? index : -1)).filter((index) => index >= 0)).toEqual([4, 5]);
    expect(linter.end()).toEqual([]);
  });

  it('finds nothing in any clean stream', () => {
    for (const events of streams) expect(runCase({ events })).toEqual([]);
  });

  it('misses no cut: a stream that ends early always says so, and says nothing else', () => {
    for (const events of streams) {
      for (let length = 0; length < events.length; length++) {
        expect(runCase({ events: events.slice(0, length) }).map(({ rule }) => rule)).toEqual(['single-terminal']);
      }
    }
  });

  it('sees every lost event, whichever it is', () => {
    for (const events of streams) {
      events.forEach((_, lost) => {
        // in_progress may be left out, and a lost delta shows as a difference.
        if (events[lost]?.['type'] === 'response.in_progress') return;
        const rest = events.filter((__, index) => index !== lost);
        expect(runCase({ events: rest }).length).toBeGreaterThan(0);
      });
    }
  });

  it('names one fault by one rule, wherever it is made', () => {
    const several: string[] = [];
    const check = (what: string, events: JsonObject[]): void => {
      const rules = new Set(runCase({ events }).flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : [])));
      if (rules.size > 1) several.push(`${what}: ${[...rules].join(', ')}`);
    };
    const wrong: [field: string, values: unknown[]][] = [
      ['item_id', ['msg_other', '', null, undefined]],
      ['output_index', [7, '0', null, undefined]],
      ['content_index', [3, undefined]],
      ['summary_index', [4, undefined]],
      ['delta', [5, undefined]],
      ['text', ['other', undefined]],
      ['arguments', ['{"other":1}', undefined]],
      ['type', [undefined, 'response.other']],
    ];
    let checked = 0;
    for (const events of streams) {
      events.forEach((event, at) => {
        const name = `${String(event['type'])} (${at})`;
        const replaced = (other: JsonObject): JsonObject[] => events.map((one, index) => (index === at ? other : one));
        check(
          `${name} lost`,
          events.filter((_, index) => index !== at),
        );
        check(`${name} twice`, [...events.slice(0, at + 1), event, ...events.slice(at + 1)]);
        const next = events[at + 1];
        if (next) check(`${name} after the next`, [...events.slice(0, at), next, event, ...events.slice(at + 2)]);
        for (const [field, values] of wrong) {
          if (!(field in event)) continue;
          for (const value of values) check(`${name} with ${field} ${String(value)}`, replaced({ ...event, [field]: value }));
        }
        for (const key of ['item', 'part']) {
          const inner = event[key] as JsonObject | undefined;
          for (const field of Object.keys(inner ?? {})) {
            for (const value of [undefined, null])
              check(`${name} with ${key}.${field} ${String(value)}`, replaced({ ...event, [key]: { ...inner, [field]: value } }));
          }
        }
        checked += 1;
      });
    }
    expect(checked).toBeGreaterThan(30);
    expect(several).toEqual([]);
  });

  it('gives one finding per rule and event, survives any order and any damage, and never blames a clean stream', () => {
    const damage = fc.record({
      stream: fc.constantFrom(...streams),
      order: fc.array(fc.nat({ max: 30 }), { maxLength: 40 }),
      junk: fc.object(),
    });
    fc.assert(
      fc.property(damage, ({ stream, order, junk }) => {
        const events = order.map((at): JsonObject => (at === 7 ? junk : (stream[at % stream.length] ?? {})));
        const findings = runCase({ events });
        const keys = findings.filter(({ event }) => event !== null).map(({ rule, event }) => `${rule} ${event}`);
        expect(new Set(keys).size).toBe(keys.length);
        for (const { related, event } of findings) expect(related).not.toContain(event);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps to the rules that were asked for, and these stay silent where they would have', () => {
    const events = toCaseEvents(broken).map(({ name, data }) => ({ event: name, data }));
    expect(lintFrames(events, { ruleIds: new Set(['deltas-equal-done']) }).findings).toEqual([]);
    expect(lintFrames(events, { ruleIds: new Set(['item-id-announced']) }).findings).toHaveLength(2);
  });

  it('does not count [DONE], nor a last frame whose JSON was cut', () => {
    const frames = toCaseEvents(textStream()).map(({ name, data }) => ({ event: name, data }));
    expect(lintFrames([...frames, { event: null, data: '[DONE]' }])).toEqual({ events: 10, findings: [] });
    const cut = [...frames.slice(0, -1), { event: 'response.completed', data: '{"type":"response.comp', terminated: false }];
    expect(lintFrames(cut)).toMatchObject({ events: 9, findings: [{ rule: 'single-terminal', event: null }] });
  });
});
