import { describe, expect, it } from 'vitest';
import {
  callEvents,
  change,
  messageEvents,
  messageItem,
  parallelStream,
  reasoningEvents,
  reasoningItem,
  responseObject,
  textStream,
  wholeStream,
} from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { finalOutputEqualsStream } from './final-output-equals-stream.ts';

describe('final-output-equals-stream', () => {
  it('is silent on its good example', () => {
    expect(runCase(finalOutputEqualsStream.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(finalOutputEqualsStream.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['final-output-equals-stream']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 9 });
  });

  const rulesOf = (events: ReturnType<typeof textStream>): string[] => runCase({ events }).map(({ rule }) => rule);
  const completed = (...output: ReturnType<typeof messageItem>[]) => ({
    type: 'response.completed',
    response: responseObject('completed', output),
  });

  it('ignores ciphertexts, which are made anew each time', () => {
    const events = wholeStream(reasoningEvents(0, 'rs_1', ['Hm.']));
    const done = change(events, 'response.output_item.done', { item: { encrypted_content: 'AAA' } });
    expect(rulesOf([...done.slice(0, -1), completed({ ...reasoningItem('rs_1', 'Hm.'), encrypted_content: 'BBBB' })])).toEqual([]);
  });

  it('finds another text, another order, and an item that was never streamed', () => {
    expect(rulesOf([...textStream().slice(0, -1), completed(messageItem('msg_1', 'No.'))])).toEqual(['final-output-equals-stream']);
    const parallel = parallelStream();
    const swapped = completed(
      ...(['fc_2', 'fc_1'].map(
        (id, at) => callEvents(at, id, `call_${id.at(-1)}`, [id === 'fc_1' ? '{"city":"Paris"}' : '{"city":"Rome"}']).at(-1)?.['item'],
      ) as ReturnType<typeof messageItem>[]),
    );
    expect(rulesOf([...parallel.slice(0, -1), swapped])).toEqual(['final-output-equals-stream']);
    const extra = completed(messageItem('msg_1', 'It is sunny.'), messageItem('msg_2', 'And more.'));
    expect(rulesOf([...textStream().slice(0, -1), extra])).toEqual(['final-output-equals-stream']);
  });

  it('does not ask a failed response to repeat the stream', () => {
    const error = { code: 'server_error', message: 'no' };
    const failed = { type: 'response.failed', response: responseObject('failed', [], { error }) };
    expect(rulesOf([...wholeStream(messageEvents(0, 'msg_1', ['Hi'])).slice(0, -1), failed])).toEqual([]);
  });
});
