/** Codex (`codex exec`) doing a tool loop over each upstream kind: with its own shell tool, and with one of an MCP server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toArguments } from '../../proxy-core/commands/run.ts';
import { SAID } from '../helpers/fake-scenarios.ts';
import { setStage, STAGES, type Stage } from './loop-stage.ts';
import { withOtherCall } from './other-call.ts';
import { CODEX, runClient } from './run-client.ts';

const PROMPT = 'What is the weather in Paris?';
const MCP = [
  `mcp_servers.lab.command="${process.execPath}"`,
  `mcp_servers.lab.args=["${join(import.meta.dirname, 'mcp-server.mjs')}"]`,
  'mcp_servers.lab.default_tools_approval_mode="approve"',
].flatMap((setting) => ['-c', setting]);

describe.each(STAGES)('codex exec over $name', (kind) => {
  let stage: Stage;
  let home: string;
  beforeAll(async () => {
    stage = await setStage(kind);
    home = mkdtempSync(join(tmpdir(), 'deltascope-codex-'));
  });
  afterAll(async () => {
    await stage.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function exec(settings: string[]): Promise<string> {
    const own = ['-m', kind.model, '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-C', home];
    const args = toArguments('codex', [...settings, 'exec', ...own, PROMPT], stage.apiBase.replace(/\/v1$/, ''), undefined);
    const end = await runClient(CODEX, args, { CODEX_HOME: home, OPENAI_API_KEY: 'test-key' });
    expect(end.code, end.err).toBe(0);
    return end.out;
  }

  it('runs its own shell tool', async () => {
    stage.upstream.answer(withOtherCall(kind.kind, 'exec_command', { cmd: 'echo sunny-in-paris' }), 'think-text');
    expect(await exec([])).toContain(SAID.text.join(''));
    await stage.expectLoop([PROMPT, 'sunny-in-paris', 'exec_command']);
  });

  it('calls a tool of an MCP server', async () => {
    stage.upstream.answer(withOtherCall(kind.kind, 'mcp__lab__get_weather', { city: 'Paris' }), 'text');
    expect(await exec(MCP)).toContain(SAID.text.join(''));
    await stage.expectLoop([PROMPT, 'temp_c', 'mcp__lab__get_weather']);
  });
});
