/**
 * Each quirk on a clean two-step tool loop: off, nothing is found; on, exactly the rules that it declares.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isObject, parseJson } from '../protocol/json.ts';
import { rules } from '../protocol/lint/rules/index.ts';
import { lintFrames } from '../protocol/lint/run-rules.ts';
import { answerByQuirks } from './apply-quirks.ts';
import { findQuirks, quirks } from './index.ts';
import { createLoop, serve, type Step } from './quirk-playbook.ts';
import { toThreadUrl, type Quirk } from './quirk.ts';

const DOCS = fileURLToPath(new URL('../../docs/quirks/', import.meta.url));
function findRules(on: readonly Quirk[]): string[] {
  const found = new Set<string>();
  for (const [index, step] of createLoop().entries()) {
    const answer = answerByQuirks(on, { body: step.request, index });
    const arrivals = answer ? [] : serve(step, on).arrivals;
    const end = answer ? { answer: { status: answer.status, body: answer.body } } : {};
    // A request that gets an HTTP error has no stream to be linted but for what the answer says.
    const { findings } = lintFrames(arrivals, {
      request: step.request,
      end,
      times: arrivals.map(({ tUs }) => ({ tUs, chunkIndex: null })),
    });
    for (const { rule } of findings) found.add(rule);
  }
  return [...found].toSorted((a, b) => a.localeCompare(b));
}

describe('quirks', () => {
  it('find nothing to complain of in the clean loop', () => {
    expect(findRules([])).toEqual([]);
  });

  it('leave every byte as it is when none is on', () => {
    for (const step of createLoop()) expect(serve(step, []).bytes).toBe(step.frames.join(''));
  });

  for (const quirk of quirks) {
    it(`${quirk.id} is found by exactly the rules that it declares`, () => {
      expect(findRules([quirk])).toEqual([...quirk.rules]);
    });

    it(`${quirk.id} changes something`, () => {
      const loop = createLoop();
      const isAnswering = loop.some(({ request }, index) => answerByQuirks([quirk], { body: request, index }) !== undefined);
      const isDifferent = loop.some((step) => {
        const [clean, broken] = [serve(step, []), serve(step, [quirk])];
        const isSlower = broken.delaysMs.some((delayMs) => delayMs > 0);
        const isLater = broken.arrivals.some(({ tUs }, index) => tUs !== clean.arrivals[index]?.tUs);
        return clean.bytes !== broken.bytes || isSlower || isLater || broken.isCut;
      });
      expect(isAnswering || isDifferent).toBe(true);
    });

    it(`${quirk.id} names rules that exist, and has its file and its page`, () => {
      const known = new Set(rules.map(({ id }) => id));
      expect(quirk.rules.filter((id) => !known.has(id))).toEqual([]);
      expect(existsSync(fileURLToPath(new URL(`./${quirk.id}.ts`, import.meta.url)))).toBe(true);
      const page = readFileSync(`${DOCS}${quirk.id}.md`, 'utf8');
      expect(page.split('\n')[0]).toBe(`# ${quirk.title}`);
      expect(page).toContain(quirk.description);
      if (quirk.thread) expect(page).toContain(toThreadUrl(quirk.thread));
      for (const id of quirk.rules) expect(page).toContain(`\`${id}\``);
    });
  }

  it('have one page each and no page is left over', () => {
    const pages = readdirSync(DOCS).filter((name) => name !== 'README.md');
    expect(pages.toSorted((a, b) => a.localeCompare(b))).toEqual(quirks.map(({ id }) => `${id}.md`).toSorted((a, b) => a.localeCompare(b)));
    expect(new Set(quirks.map(({ id }) => id)).size).toBe(quirks.length);
  });

  it('are found by name, and an unknown name is answered with the known ones', () => {
    expect(findQuirks(['latency', 'rate-limit']).map(({ id }) => id)).toEqual(['latency', 'rate-limit']);
    expect(() => findQuirks(['nope'])).toThrow(/'nope'.*litellm-step2/);
  });
});

describe('quirks in detail', () => {
  const [first, second] = createLoop() as [Step, Step];
  const eventsOf = (step: Step, ...ids: string[]) =>
    serve(step, findQuirks(ids)).arrivals.flatMap(({ data }) => {
      const json: unknown = data === '[DONE]' ? undefined : parseJson(data);
      return isObject(json) ? [json] : [];
    });

  it('litellm-step2 leaves the first step alone', () => {
    expect(serve(first, findQuirks(['litellm-step2'])).bytes).toBe(first.frames.join(''));
  });

  it('litellm-step2 looks like the report: deltas under a chatcmpl- id that nothing announced', () => {
    const events = eventsOf(second, 'litellm-step2');
    const ids = new Set(events.flatMap(({ type, item_id }) => (type === 'response.output_text.delta' ? [String(item_id)] : [])));
    expect([...ids]).toEqual([expect.stringMatching(/^chatcmpl-[0-9a-f]+$/)]);
    const announced = events.flatMap(({ type, item }) => (type === 'response.output_item.added' && isObject(item) ? [item.type] : []));
    expect(announced).toEqual(['reasoning']);
  });

  it('interleaved-parallel-calls announces both, then takes turns', () => {
    const calls = eventsOf(first, 'interleaved-parallel-calls').filter(({ output_index: index }) => index === 2 || index === 3);
    expect(
      calls.map(({ type, output_index: index }) => `${String(index)} ${String(type).replace(/^response\.(function_call_)?/, '')}`),
    ).toEqual([
      '2 output_item.added',
      '3 output_item.added',
      '2 arguments.delta',
      '3 arguments.delta',
      '2 arguments.delta',
      '3 arguments.delta',
      '2 arguments.done',
      '2 output_item.done',
      '3 arguments.done',
      '3 output_item.done',
    ]);
  });

  it('buffered-16k sends everything in clumps of at least 16 KB and a rest', () => {
    const times = serve(second, findQuirks(['buffered-16k'])).arrivals.map(({ tUs }) => tUs);
    expect(new Set(times).size).toBeLessThan(6);
    expect(serve(second, findQuirks(['buffered-16k'])).bytes).toBe(second.frames.join(''));
  });

  it('disconnect breaks off inside the seventh frame, whatever the chunks', () => {
    const { bytes, isCut } = serve(second, findQuirks(['disconnect']));
    expect(isCut).toBe(true);
    expect(bytes.startsWith(second.frames.slice(0, 6).join(''))).toBe(true);
    expect(bytes.length).toBe(second.frames.slice(0, 6).join('').length + 40);
  });

  it('mid-stream-error ends the stream with an error event', () => {
    expect(eventsOf(second, 'mid-stream-error').at(-1)).toMatchObject({ type: 'error', code: 'server_error', param: null });
  });

  it('read the upstream whatever its chunk borders', () => {
    const whole = Buffer.from(first.frames.join(''), 'utf8');
    const on = findQuirks(['copilot-rotating-ids', 'interleaved-parallel-calls', 'missing-usage']);
    const cut = (size: number) =>
      Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        whole.subarray(index * size, (index + 1) * size).toString('latin1'),
      );
    for (const size of [1, 7, 1000]) {
      const step: Step = { ...first, frames: cut(size) };
      expect(serve(step, on).bytes).toBe(serve(first, on).bytes);
    }
  });

  it('latency waits before every write', () => {
    expect(serve(first, findQuirks(['latency'])).delaysMs.slice(0, 3)).toEqual([2000, 100, 100]);
  });

  it('rate-limit lets the second try through', () => {
    const [quirk] = findQuirks(['rate-limit']);
    const statuses = [0, 1, 2].map((index) => answerByQuirks(quirk ? [quirk] : [], { body: {}, index })?.status);
    expect(statuses).toEqual([429, undefined, 429]);
  });

  it('can be combined: events stay numbered, delays add up, nothing follows a disconnect', () => {
    const events = eventsOf(first, 'lmstudio-no-deltas', 'empty-final-output');
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const slow = serve(second, findQuirks(['latency', 'buffered-16k', 'latency']));
    expect(slow.delaysMs[0]).toBeGreaterThan(4000);
    const cut = serve(second, findQuirks(['latency', 'disconnect', 'latency']));
    expect(cut.isCut).toBe(true);
    expect(cut.delaysMs[0]).toBe(4000);
  });
});
