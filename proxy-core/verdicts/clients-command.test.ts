import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../protocol/json.ts';
import { runClients } from './clients-command.ts';

const text = (id: string): string =>
  [
    { type: 'response.created', response: { id: 'resp_1', created_at: 1, model: 'm', status: 'in_progress', output: [] } },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
    },
    { type: 'response.output_text.delta', item_id: id, output_index: 0, content_index: 0, delta: 'Hi', logprobs: [] },
  ]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');

const files: Record<string, string> = { 'a.sse': text('msg_other'), 'b.sse': text('msg_1'), 'c.txt': 'nothing here' };
const io = {
  readFile: (file: string) =>
    files[file] === undefined
      ? Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }))
      : Promise.resolve(Buffer.from(files[file])),
};

describe('deltascope clients', () => {
  it('gives one entry a file, in order, with the asked clients in the order of the contract', { timeout: 60_000 }, async () => {
    const { exitCode, stdout, stderr } = await runClients({ files: ['a.sse', 'b.sse'], format: 'json', clients: ['codex', 'ai6'] }, io);
    const report = parseJsonObject(stdout) as {
      files: { file: string; verdicts: { client: string; outcome: string; basis: string; version: string }[] }[];
    };
    expect(report.files.map(({ file }) => file)).toEqual(['a.sse', 'b.sse']);
    expect(report.files[0]?.verdicts.map(({ client, basis }) => `${client} ${basis}`)).toEqual(['ai6 ran', 'codex predicted']);
    expect(Object.keys(report.files[0]?.verdicts[0] ?? {}).toSorted()).toEqual(['basis', 'client', 'message', 'outcome', 'version']);
    expect(exitCode).toBe(1);
    expect(stderr).toEqual([]);
  });

  it('ends with 2 for a file without a stream, and still does the others', { timeout: 60_000 }, async () => {
    const { exitCode, stdout, stderr } = await runClients(
      { files: ['c.txt', 'none.sse', 'b.sse'], format: 'json', clients: ['codex'] },
      io,
    );
    expect(exitCode).toBe(2);
    expect(parseJsonObject(stdout)?.['files']).toHaveLength(1);
    expect(stderr).toEqual([expect.stringContaining('c.txt'), "none.sse: can't be read: no such file"]);
  });

  it('names the clients when asked for one that is not there', async () => {
    await expect(runClients({ files: ['a.sse'], clients: ['ai4'] }, io)).rejects.toThrow('There is no client "ai4". Clients: ai5, ai6');
  });
});
