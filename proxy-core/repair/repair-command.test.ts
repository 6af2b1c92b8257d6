import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../protocol/json.ts';
import { runRepair } from './repair-command.ts';

const frame = (event: { type: string; [field: string]: unknown }): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const response = { id: 'resp_1', created_at: 1, model: 'm', status: 'in_progress', output: [] };
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
const created = frame({ type: 'response.created', response });
const completed = frame({ type: 'response.completed', response: { ...response, status: 'completed', usage } });
const files: Record<string, string> = {
  'clean.sse': created + completed,
  'cut.sse': created,
  'ping.sse': `${created}${frame({ type: 'ping' })}${completed}`,
};
const written = new Map<string, string>();
const io = {
  readFile: (file: string) => (files[file] === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(Buffer.from(files[file]))),
  writeFile: (path: string, bytes: Uint8Array) => {
    written.set(path, Buffer.from(bytes).toString());
    return Promise.resolve();
  },
};

describe('deltascope repair', () => {
  it('prints a clean stream as it is', async () => {
    const { exitCode, stdout, stderr } = await runRepair({ files: ['clean.sse'] }, io);
    expect({ exitCode, stdout: Buffer.from(stdout).toString(), stderr }).toEqual({ exitCode: 0, stdout: files['clean.sse'], stderr: [] });
  });

  it('writes into --out and prints what was changed', async () => {
    const { exitCode, stdout } = await runRepair({ files: ['ping.sse'], out: 'fixed.sse', format: 'json' }, io);
    expect(exitCode).toBe(0);
    expect(written.get('fixed.sse')).toBe(files['clean.sse']);
    expect(parseJsonObject(String(stdout))).toMatchObject({ events: 3, changes: [{ event: 1, kind: 'known-event' }], unrepairable: [] });
  });

  it('says what it could not repair and ends with 1', async () => {
    const { exitCode, stdout, stderr } = await runRepair({ files: ['cut.sse'] }, io);
    expect(exitCode).toBe(1);
    expect(Buffer.from(stdout).toString()).toContain('event: response.failed');
    expect(stderr).toEqual(['cut.sse: not repaired: the stream ends without a terminal event; it was ended with response.failed.']);
  });

  it('ends with 2 when the file can not be read', async () => {
    expect(await runRepair({ files: ['none.sse'] }, io)).toMatchObject({ exitCode: 2, stderr: ["none.sse: can't be read: gone"] });
  });
});
