/**
 * The two ways to run the bridge behind one face: Electron's utilityProcess, or an external Node
 * (DELTASCOPE_NODE) where this Electron's own Node is too old for the store or the app is not packaged.
 */
import { spawn } from 'node:child_process';
import { app, utilityProcess } from 'electron';

export interface BridgeChild {
  kind: 'utility' | 'node';
  post(message: object): void;
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  onOutput(listener: (text: string) => void): void;
  onExit(listener: (code: number | null) => void): void;
}

export interface LaunchOptions {
  script: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** better-sqlite3 needs Node-API 10; under an older one it does not throw, it aborts the process. */
const CAN_RUN_STORE = Number(process.versions['napi']) >= 10;

export function launchBridge({ script, args, env }: LaunchOptions): BridgeChild {
  const node = app.isPackaged && CAN_RUN_STORE ? '' : (process.env['DELTASCOPE_NODE'] ?? '');
  const { ELECTRON_RUN_AS_NODE: _, NODE_OPTIONS: __, DELTASCOPE_NODE: ___, ...clean } = env;
  return node === '' ? launchUtility(script, args, clean) : launchNode(node, { script, args, env: clean });
}

function launchNode(node: string, { script, args, env }: LaunchOptions): BridgeChild {
  const child = spawn(node, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  return {
    kind: 'node',
    post: (message) => void (child.connected && child.send(message)),
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', listener),
    onOutput: (listener) => {
      child.stdout?.setEncoding('utf8').on('data', listener);
      child.stderr?.setEncoding('utf8').on('data', listener);
      child.on('error', (error) => listener(`${error.message}\n`));
    },
    onExit: (listener) => {
      let hasFired = false;
      const once = (code: number | null): void => {
        if (!hasFired) listener(code);
        hasFired = true;
      };
      child.once('exit', once);
      child.once('error', () => once(null)); // it never began: there will be no exit event
    },
  };
}

function launchUtility(script: string, args: readonly string[], env: NodeJS.ProcessEnv): BridgeChild {
  const child = utilityProcess.fork(script, [...args], {
    serviceName: 'Deltascope bridge',
    env: env as Record<string, string>,
    stdio: 'pipe',
  });
  return {
    kind: 'utility',
    post: (message) => child.postMessage(message),
    kill: () => void child.kill(),
    onMessage: (listener) => void child.on('message', listener),
    onOutput: (listener) => {
      child.stdout?.on('data', (data: Buffer) => listener(data.toString('utf8')));
      child.stderr?.on('data', (data: Buffer) => listener(data.toString('utf8')));
    },
    onExit: (listener) => void child.once('exit', listener),
  };
}
