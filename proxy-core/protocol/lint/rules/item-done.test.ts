import { describe, expect, it } from 'vitest';
import { responseObject, textStream, wholeStream, without } from '../example-streams.ts';
import { runCase } from '../run-case.ts';
import { itemDone } from './item-done.ts';

describe('item-done', () => {
  it('is silent on its good example', () => {
    expect(runCase(itemDone.example.good)).toEqual([]);
  });

  it('is the only rule that speaks on its bad example', () => {
    const findings = runCase(itemDone.example.bad);
    expect(new Set(findings.map((finding) => finding.rule))).toEqual(new Set(['item-done']));
    expect(findings[0]).toMatchObject({ severity: 'error', event: 8 });
  });

  it('exempts mcp_list_tools', () => {
    const tools = { id: 'mcpl_1', type: 'mcp_list_tools', server_label: 's', tools: [] };
    const events = wholeStream([{ type: 'response.output_item.added', output_index: 0, item: tools }]);
    expect(runCase({ events })).toEqual([]);
  });

  it('also holds before response.failed and before a last error', () => {
    const begun = textStream().slice(0, 5);
    const error = { code: 'server_error', message: 'no' };
    const failed = { type: 'response.failed', response: responseObject('failed', [], { error }) };
    expect(runCase({ events: [...begun, failed] }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['item-done 5']);
    const last = { type: 'error', error: { ...error, type: 'server_error', param: null } };
    expect(runCase({ events: [...begun, last] }).map(({ rule, event }) => `${rule} ${event}`)).toEqual(['item-done 5']);
  });

  it('speaks alone when every done is missing', () => {
    const events = without(textStream(), 'response.output_text.done', 'response.content_part.done', 'response.output_item.done');
    expect(runCase({ events: [...events.slice(0, -1), ...textStream().slice(-1)] }).map(({ rule }) => rule)).toEqual(['item-done']);
  });
});
