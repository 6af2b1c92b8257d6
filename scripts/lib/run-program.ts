/** Runs a program to its end and keeps what it printed: gates show output only when there is a fault. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { fromRoot, ROOT } from './paths.ts';

export interface ProgramResult {
  /** Null when it was killed, by the time limit or from outside. */
  code: number | null;
  stdout: string;
  /** Both streams in order of arrival. */
  output: string;
}

export interface ProgramOptions {
  env?: NodeJS.ProcessEnv;
  /** After this the program is killed; default ten minutes. */
  limitMs?: number;
}

export function runProgram(command: string, args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const { env = process.env, limitMs = 600_000 } = options;
  return new Promise((resolve) => {
    const path = `${fromRoot('node_modules/.bin')}${delimiter}${env['PATH'] ?? ''}`;
    // A group of its own: the limit must end what the program started, too.
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...env, PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    let stdout = '';
    let output = '';
    const limit = setTimeout(() => {
      output += `\nStopped after ${Math.round(limitMs / 1000)} s: ${[command, ...args].join(' ')}\n`;
      if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    }, limitMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (output += text));
    child.once('error', (error) => {
      clearTimeout(limit);
      resolve({ code: null, stdout, output: `${output}${error.message}\n` });
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, output });
    });
  });
}
