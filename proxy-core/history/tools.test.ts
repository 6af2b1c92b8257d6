import { describe, expect, it } from 'vitest';
import { resolveTools, toUpstreamName } from './tools.ts';

const tool = (name: string, extra: object = {}) => ({ type: 'function', name, parameters: { type: 'object' }, ...extra });

describe('tools', () => {
  it('flattens namespaces and maps their names back', () => {
    const { tools } = resolveTools({ tools: [tool('a'), { type: 'namespace', name: 'mcp__lab', tools: [tool('a')] }] });
    expect(tools.map(({ upstreamName, route }) => [upstreamName, route])).toEqual([
      ['a', { type: 'function', name: 'a' }],
      ['mcp__lab__a', { type: 'function', name: 'a', namespace: 'mcp__lab' }],
    ]);
    expect(toUpstreamName(tools, 'a', 'mcp__lab')).toBe('mcp__lab__a');
  });

  it('sends a freeform tool as a function with one input, its grammar in the description', () => {
    const { tools } = resolveTools({
      tools: [
        { type: 'custom', name: 'apply_patch', description: 'Patch.', format: { type: 'grammar', syntax: 'lark', definition: 'start: x' } },
      ],
    });
    expect(tools[0]).toMatchObject({ route: { type: 'custom', name: 'apply_patch' }, parameters: { required: ['input'] } });
    expect(tools[0]?.description).toContain('start: x');
  });

  it('makes names fit and keeps them apart', () => {
    const { tools } = resolveTools({ tools: [tool('a.b'), tool('a b')] });
    expect(tools.map(({ upstreamName }) => upstreamName)).toEqual(['a_b', 'a_b_2']);
  });

  it('drops hosted tools with a warning, but refuses a request that has no other', () => {
    expect(resolveTools({ tools: [tool('a'), { type: 'web_search' }] }).warnings).toMatchObject([
      { code: 'tool_dropped', param: 'tools[1]' },
    ]);
    expect(() => resolveTools({ tools: [{ type: 'web_search' }] })).toThrow(expect.objectContaining({ status: 400, param: 'tools' }));
    expect(() => resolveTools({ tools: [tool('a')], tool_choice: { type: 'web_search' } })).toThrow(
      expect.objectContaining({ param: 'tool_choice' }),
    );
  });

  it('refuses duplicate names and a choice that is not among the tools', () => {
    expect(() => resolveTools({ tools: [tool('a'), tool('a')] })).toThrow('unique');
    expect(() => resolveTools({ tools: [tool('a')], tool_choice: { type: 'function', name: 'b' } })).toThrow("'b' not found");
  });

  it('pitfall 37: understands allowed_tools', () => {
    const { toolChoice } = resolveTools({
      tools: [tool('a'), tool('b')],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'b' }] },
    });
    expect(toolChoice).toEqual({ type: 'allowed', mode: 'required', upstreamNames: ['b'] });
  });
});
