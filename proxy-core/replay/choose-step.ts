/**
 * Which recorded step answers a client's request. By order; when the request brings tool outputs or continues
 * a response, by the ids that it brings, so that a client with another order gets the right answer. Pure.
 */
import { asArray, asObject, asString, parseJsonObject } from '../protocol/json.ts';

/** What of a request tells its place in a conversation. */
export interface RequestMark {
  previousResponseId: string | null;
  /** Call ids of the tool outputs that it brings, sorted. */
  outputs: string;
  /** `responses`, `chat/completions`, `messages`, …: answers are of one format. */
  endpoint: string;
}

export interface StepChooser {
  /** The step's position; undefined when no step is of this endpoint. */
  choose(mark: RequestMark): number | undefined;
}

export function toRequestMark(path: string, body: Uint8Array): RequestMark {
  const json = parseJsonObject(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) ?? {};
  const outputs = new Set<string>();
  for (const item of asArray(json['input']).map(asObject)) {
    if ((asString(item['type']) ?? '').endsWith('_output')) outputs.add(asString(item['call_id']) ?? '');
  }
  for (const message of asArray(json['messages']).map(asObject)) {
    if (message['role'] === 'tool') outputs.add(asString(message['tool_call_id']) ?? '');
    for (const block of asArray(message['content']).map(asObject)) {
      if (block['type'] === 'tool_result') outputs.add(asString(block['tool_use_id']) ?? '');
    }
  }
  return {
    previousResponseId: asString(json['previous_response_id']) ?? null,
    outputs: [...outputs].toSorted().join(' '),
    endpoint: toEndpoint(path),
  };
}

function toEndpoint(path: string): string {
  const plain = path.split('?')[0] ?? '';
  return /(chat\/completions|messages|[a-z]*GenerateContent|responses(?:\/[a-z_]+)?)\/?$/i.exec(plain)?.[1] ?? plain;
}

/** @param marks of the recorded requests, in order. */
export function createStepChooser(marks: readonly RequestMark[]): StepChooser {
  const served = new Set<number>();

  return {
    choose(mark) {
      const all = marks.flatMap(({ endpoint }, index) => (endpoint === mark.endpoint ? [index] : []));
      const fits = all.filter((index) => isSame(marks[index] as RequestMark, mark));
      const free = (list: number[]): number | undefined => list.find((index) => !served.has(index));
      const isFresh = mark.previousResponseId === null && mark.outputs === '';
      // A conversation that begins once more after the last step is the recorded one from its start.
      if (isFresh && all.every((index) => served.has(index))) served.clear();
      const chosen = free(fits) ?? fits.at(-1) ?? free(all) ?? all.at(-1);
      if (chosen !== undefined) served.add(chosen);
      return chosen;
    },
  };
}

function isSame(recorded: RequestMark, asked: RequestMark): boolean {
  if (recorded.outputs !== asked.outputs) return false;
  return recorded.previousResponseId === asked.previousResponseId;
}
