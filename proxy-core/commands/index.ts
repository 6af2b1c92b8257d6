/** The commands, loaded only when called: `lint` of a small file should not pay for a web server. */
import type { Command } from './command.ts';

export interface CommandEntry {
  name: string;
  summary: string;
  load: () => Promise<Command>;
}

export const commands: readonly CommandEntry[] = [
  { name: 'serve', summary: 'Run the bridge, the recorder and the page.', load: async () => (await import('./serve.ts')).serveCommand },
  {
    name: 'run',
    summary: 'Start a client that is already connected to the bridge.',
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    name: 'translate',
    summary: 'Turn recorded upstream bytes into a Responses stream, offline.',
    load: async () => (await import('./translate.ts')).translateCommand,
  },
  { name: 'lint', summary: 'Name the protocol faults in recorded streams.', load: async () => (await import('./lint.ts')).lintCommand },
  {
    name: 'repair',
    summary: 'Mend a broken recorded stream.',
    load: async () => (await import('./repair.ts')).repairCommand,
  },
  {
    name: 'clients',
    summary: 'Say how real clients end with a recorded stream.',
    load: async () => (await import('./clients.ts')).clientsCommand,
  },
  { name: 'sessions', summary: 'List the recorded sessions.', load: async () => (await import('./sessions.ts')).sessionsCommand },
  {
    name: 'export',
    summary: 'Write a recorded session as a bundle, HAR or JSON lines.',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'open',
    summary: 'Show a bundle or another recording on its timeline.',
    load: async () => (await import('./open.ts')).openCommand,
  },
  {
    name: 'import',
    summary: 'Take bundles, .sse files, HAR and more into the store.',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'replay',
    summary: 'Serve a recorded session or a bundle again.',
    load: async () => (await import('./replay.ts')).replayCommand,
  },
  {
    name: 'probe',
    summary: 'Drive a Responses server through scenarios and lint it.',
    load: async () => (await import('./probe.ts')).probeCommand,
  },
  {
    name: 'repro',
    summary: 'Reduce a failing stream to the few events that matter.',
    load: async () => (await import('./repro.ts')).reproCommand,
  },
];
