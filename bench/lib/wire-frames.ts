/**
 * The streams of the benchmark as providers send them, frame by frame: N deltas of a few words, in
 * Anthropic's and in OpenAI's wire format. Made once per size.
 */
const WORDS = ['the ', 'weather ', 'in ', 'Paris ', 'is ', 'mild ', 'and ', 'dry, ', 'with ', 'a ', 'light ', 'breeze '];
const OBFUSCATION = 'qK3vYt9ZbR1';

const wordAt = (index: number): string => WORDS[index % WORDS.length] as string;
const frame = (payload: { type: string; [field: string]: unknown }): Buffer =>
  Buffer.from(`event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`, 'utf8');

export function anthropicFrames(deltas: number): Buffer[] {
  const message = {
    id: 'msg_01BenchBenchBenchBench',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 },
  };
  return [
    frame({ type: 'message_start', message }),
    frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...Array.from({ length: deltas }, (_, i) =>
      frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: wordAt(i) } }),
    ),
    frame({ type: 'content_block_stop', index: 0 }),
    frame({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: deltas } }),
    frame({ type: 'message_stop' }),
  ];
}

export function responsesFrames(deltas: number): Buffer[] {
  let sequence = 0;
  const event = (type: string, fields: object): Buffer => frame({ type, sequence_number: sequence++, ...fields });
  const text = Array.from({ length: deltas }, (_, i) => wordAt(i)).join('');
  const part = (value: string) => ({ type: 'output_text', annotations: [], logprobs: [], text: value });
  const item = (status: string, content: unknown[]) => ({ id: 'msg_0bench', type: 'message', status, content, role: 'assistant' });
  const response = (status: string, fields: object) => ({
    id: 'resp_0bench',
    object: 'response',
    created_at: 1_780_000_000,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: 'gpt-5.4',
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
    ...fields,
  });
  const place = { item_id: 'msg_0bench', output_index: 0, content_index: 0 };
  const usage = {
    input_tokens: 12,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: deltas,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: deltas + 12,
  };
  const done = item('completed', [part(text)]);
  return [
    event('response.created', { response: response('in_progress', {}) }),
    event('response.in_progress', { response: response('in_progress', {}) }),
    event('response.output_item.added', { output_index: 0, item: item('in_progress', []) }),
    event('response.content_part.added', { ...place, part: part('') }),
    ...Array.from({ length: deltas }, (_, i) =>
      event('response.output_text.delta', { ...place, delta: wordAt(i), logprobs: [], obfuscation: OBFUSCATION }),
    ),
    event('response.output_text.done', { ...place, text, logprobs: [] }),
    event('response.content_part.done', { ...place, part: part(text) }),
    event('response.output_item.done', { output_index: 0, item: done }),
    event('response.completed', { response: response('completed', { output: [done], usage }) }),
  ];
}

/** The `data:` lines of frames, without their name. */
export function dataLines(frames: readonly Buffer[]): string[] {
  return frames.map((bytes) => {
    const text = bytes.toString('utf8');
    return text.slice(text.indexOf('\ndata: ') + 7, -2);
  });
}
