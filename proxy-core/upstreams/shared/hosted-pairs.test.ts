import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import { convertHostedPairs } from './hosted-pairs.ts';

const convert = (...items: (JsonObject & { type: string })[]) =>
  convertHostedPairs(items.map((item) => ({ item, source: 'input' as const }))).map(({ item }) => item);

describe('convertHostedPairs', () => {
  it('turns a call and its output item into a function call and its output', () => {
    expect(
      convert(
        { type: 'local_shell_call', id: 'lsh_1', call_id: 'call_1', action: { type: 'exec', command: ['ls'] } },
        { type: 'message', role: 'user', content: 'wait' },
        { type: 'local_shell_call_output', id: 'call_1', output: 'README.md' },
      ),
    ).toMatchObject([
      { type: 'function_call', call_id: 'call_1', name: 'local_shell', arguments: '{"type":"exec","command":["ls"]}' },
      { type: 'message' },
      { type: 'function_call_output', call_id: 'call_1', output: 'README.md' },
    ]);
  });

  it('shows a screenshot as an image and structured output as JSON', () => {
    const screenshot = { type: 'computer_screenshot', image_url: 'data:image/png;base64,iVBORw0KGgo=' };
    const items = convert(
      { type: 'computer_call', call_id: 'a', action: { type: 'screenshot' } },
      { type: 'computer_call_output', call_id: 'a', output: screenshot },
      { type: 'shell_call', call_id: 'b', action: { commands: ['ls'] } },
      { type: 'shell_call_output', call_id: 'b', output: [{ stdout: 'x' }] },
      { type: 'apply_patch_call', call_id: 'c', operation: { type: 'delete_file', path: 'a' } },
      { type: 'apply_patch_call_output', call_id: 'c', status: 'completed' },
    );
    expect(items.filter((item) => item.type === 'function_call_output').map((item) => item.output)).toEqual([
      [{ type: 'input_image', image_url: screenshot.image_url }],
      '[{"stdout":"x"}]',
      'completed',
    ]);
  });

  it('splits items that hold call and result in one', () => {
    expect(
      convert(
        { type: 'mcp_call', id: 'mcp_1', server_label: 's', name: 'roll', arguments: '{"n":1}', output: '4' },
        { type: 'code_interpreter_call', id: 'ci_1', code: '1+1', outputs: [{ type: 'logs', logs: '2' }] },
        { type: 'file_search_call', id: 'fs_1', queries: ['q'], results: [{ text: 't' }] },
      ).map(({ type, call_id: callId, name, output }) => [type, callId, name ?? output]),
    ).toEqual([
      ['function_call', 'mcp_1', 'roll'],
      ['function_call_output', 'mcp_1', '4'],
      ['function_call', 'ci_1', 'code_interpreter'],
      ['function_call_output', 'ci_1', '2'],
      ['function_call', 'fs_1', 'file_search'],
      ['function_call_output', 'fs_1', '[{"text":"t"}]'],
    ]);
  });

  it('leaves halves alone', () => {
    const items = [
      { type: 'shell_call', call_id: 'b', action: {} },
      { type: 'local_shell_call_output', id: 'x', output: '' },
      { type: 'file_search_call', id: 'fs_1', queries: [], results: null },
      { type: 'web_search_call', id: 'ws_1' },
    ];
    expect(convert(...items)).toEqual(items);
  });
});
