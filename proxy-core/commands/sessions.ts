/** `deltascope sessions`: what is recorded in a data dir, newest first; works beside a running bridge. */
import { readConfig } from '../config.ts';
import type { Session } from '../protocol/api/control-api.ts';
import { openDatabaseForReading } from '../recorder/database.ts';
import { createPricer } from '../recorder/prices.ts';
import { createQueries } from '../recorder/queries/create-queries.ts';
import { stringOption, type Command, type CommandContext, type CommandInput } from './command.ts';

export const sessionsCommand: Command = {
  name: 'sessions',
  usage: '[--format json]',
  summary: 'Lists the recorded sessions, newest first.',
  options: {
    format: { type: 'string', value: 'FORMAT', help: 'pretty or json' },
    'data-dir': { type: 'string', value: 'DIR', help: "folder of the recordings (the system's folder for application data)" },
  },
  run,
};

const PAGE_SIZE = 500;

async function run(input: CommandInput, context: CommandContext): Promise<number> {
  const { dataDir } = readConfig({ dataDir: stringOption(input, 'data-dir') }, context.env, context.cwd);
  const db = openDatabaseForReading(dataDir);
  try {
    const sessions = readAll(createQueries(db, createPricer()).sessions);
    if (stringOption(input, 'format') === 'json') context.out(`${JSON.stringify({ sessions })}\n`);
    else context.out(sessions.length === 0 ? 'No sessions are recorded yet.\n' : `${sessions.map(toLine).join('\n')}\n`);
  } finally {
    db.close();
  }
  return 0;
}

function readAll(queries: ReturnType<typeof createQueries>['sessions']): Session[] {
  const sessions: Session[] = [];
  for (let cursor: string | undefined; ;) {
    const page = queries.page({ limit: PAGE_SIZE, cursor });
    sessions.push(...page.sessions);
    if (page.nextCursor === null) return sessions;
    cursor = page.nextCursor;
  }
}

function toLine(session: Session): string {
  const when = new Date(session.startedAt / 1000).toISOString().slice(0, 19).replace('T', ' ');
  const faults = session.faultCount > 0 ? `  ${session.faultCount} faults` : '';
  return `${session.id}  ${when}  ${session.status.padEnd(11)}  ${String(session.stepCount).padStart(3)} steps  ${session.title}${faults}`;
}
