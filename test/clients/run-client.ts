/** Where the fetched clients are, and how one of them is run to its end. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
export const PYTHON = join(ROOT, '.cache', 'python-clients', 'bin', 'python');
export const CODEX = join(ROOT, '.cache', 'codex', 'node_modules', '.bin', 'codex');

export interface ClientEnd {
  code: number | null;
  out: string;
  err: string;
}

export function runClient(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<ClientEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const end: ClientEnd = { code: null, out: '', err: '' };
    child.stdout.on('data', (bytes: Buffer) => (end.out += bytes.toString('utf8')));
    child.stderr.on('data', (bytes: Buffer) => (end.err += bytes.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...end, code }));
  });
}
