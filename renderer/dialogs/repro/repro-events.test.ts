import { describe, expect, it } from 'vitest';
import { toReproEvents } from './repro-events.ts';

describe('the events of a repro', () => {
  it('are a line each, with the ids and texts that matter', () => {
    const sse = [
      'event: response.output_item.added\ndata: {"type":"response.output_item.added","item":{"id":"msg_1","type":"message"}}',
      'data: {"type":"response.output_text.delta","item_id":"chatcmpl-2","delta":" hi"}',
      'data: {broken',
      'data: [DONE]',
      '',
    ].join('\n\n');
    expect(toReproEvents(sse)).toEqual(['output_item.added  msg_1  message', 'output_text.delta  chatcmpl-2  " hi"', '{broken', '[DONE]']);
  });
});
