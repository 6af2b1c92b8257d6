/** A session as JSON lines, for scripts: the session, then per step the step, its chunks and its events, in order of time. */
import { parseJson } from '../protocol/json.ts';
import { readFrames } from '../sse/frame-reader.ts';
import { isDone } from '../protocol/lint/run-rules.ts';
import { emittedBytes, toText, type SessionRecord, type StepRecord } from './session-record.ts';

export function toJsonLines({ session, steps }: SessionRecord): string {
  const lines: object[] = [{ type: 'session', ...session }];
  for (const step of steps) lines.push(...toLines(step));
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

function toLines(step: StepRecord): object[] {
  const stepId = step.step.id;
  const timed = [
    ...step.chunks.map(({ tUs, attempt, bytes }, index) => ({
      tUs,
      line: { type: 'chunk', stepId, index, attempt, tUs, text: toText(bytes) },
    })),
    ...eventTexts(step).map((text, index) => {
      const { tUs = 0, chunkIndex = null } = step.events[index] ?? {};
      return { tUs, line: { type: 'event', stepId, index, tUs, chunkIndex, data: parseJson(text) ?? text } };
    }),
  ];
  return [
    { type: 'step', ...step.step, request: { ...step.request, body: toValue(step.request.body) } },
    ...step.attempts.map(({ body, ...attempt }) => ({ type: 'upstreamRequest', stepId, ...attempt, body: toValue(body) })),
    // The sort is stable: at one instant the chunk comes before what it caused.
    ...timed.toSorted((a, b) => a.tUs - b.tUs).map(({ line }) => line),
    ...step.findings.map((finding) => ({ type: 'finding', stepId, ...finding })),
  ];
}

function eventTexts(step: StepRecord): string[] {
  const bytes = emittedBytes(step);
  if (step.transport === 'websocket')
    return toText(bytes)
      .split('\n')
      .filter((line) => line !== '');
  return readFrames(bytes)
    .map(({ data }) => data)
    .filter((data) => !isDone(data));
}

function toValue(bytes: Uint8Array): unknown {
  const text = toText(bytes);
  return text === '' ? null : (parseJson(text) ?? text);
}
