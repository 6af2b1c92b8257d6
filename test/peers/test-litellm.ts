/** Runs the conversations through one LiteLLM, recorded on both sides, and checks every turn. */
import type { StepDetail } from '../../proxy-core/protocol/api/control-api.ts';
import type { Finding } from '../../proxy-core/protocol/lint/finding.ts';
import { asArray, asObject, asString, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { readFrames } from '../../proxy-core/sse/frame-reader.ts';
import { startFakeUpstream, type FakeUpstream } from '../helpers/fake-upstream.ts';
import { startProxy, type TestProxy } from '../helpers/start-proxy.ts';
import { checkTurn, checkVersion, type CheckedTurn } from './check-turn.ts';
import { conversations, providers, type Conversation, type PeerProvider } from './litellm-scenarios.ts';
import type { LitellmInstall } from './provide-litellm.ts';
import { findFreePort, startLitellm } from './start-litellm.ts';

export interface PeerResult {
  passed: number;
  faults: string[];
}

export async function testLitellm(install: LitellmInstall, print: (line: string) => void): Promise<PeerResult> {
  const fakes = new Map<string, FakeUpstream>();
  for (const { name, kind } of providers) fakes.set(name, await startFakeUpstream(kind));
  const port = await findFreePort();
  const proxy = await startProxy({
    upstreams: [
      { name: 'litellm', kind: 'responses', baseURL: `http://127.0.0.1:${port}/v1` },
      ...providers.map(({ name, kind }) => ({ name, kind, baseURL: fakes.get(name)?.baseURL ?? '' })),
    ],
  });
  try {
    const models = providers.map(({ name, model, path }) => ({ name, model, apiBase: `${proxy.ready.url}/u/${name}${path}` }));
    const litellm = await startLitellm(install.binary, port, models);
    try {
      return await runAll(install.version, proxy, fakes, print);
    } finally {
      await litellm.stop();
    }
  } finally {
    await proxy.close();
    for (const fake of fakes.values()) await fake.close();
  }
}

async function runAll(
  version: string,
  proxy: TestProxy,
  fakes: ReadonlyMap<string, FakeUpstream>,
  print: (line: string) => void,
): Promise<PeerResult> {
  const faults: string[] = [];
  const turns: CheckedTurn[] = [];
  let passed = 0;
  for (const provider of providers) {
    for (const conversation of conversations) {
      const name = `${provider.name}, ${conversation.name}`;
      for (const turn of await converse(proxy, provider, conversation, fakes.get(provider.name) as FakeUpstream)) {
        const { checks, line } = checkTurn(turn);
        turns.push(turn);
        passed += checks.filter(({ isOk }) => isOk).length;
        faults.push(...checks.filter(({ isOk }) => !isOk).map(({ what }) => `${version} ${name}, turn ${turn.index + 1}: ${what}`));
        print(`  ${name}${conversation.turns.length > 1 ? ` ${turn.index + 1}` : ''}: ${line}`);
      }
    }
  }
  const { sessions } = await proxy.sessions();
  const shown = sessions.filter(({ upstreams }) => upstreams.join() !== 'litellm');
  if (shown.length === 0) passed += 1;
  else
    faults.push(
      `${version}: ${shown.length} inner calls are listed as sessions of their own (${shown.map(({ title }) => title).join('; ')})`,
    );
  const whole = checkVersion(version, turns);
  passed += whole.filter(({ isOk }) => isOk).length;
  faults.push(...whole.filter(({ isOk }) => !isOk).map(({ what }) => `${version}: ${what}`));
  return { passed, faults };
}

/** Sends the history again each turn, as most clients do. */
async function converse(
  proxy: TestProxy,
  provider: PeerProvider,
  { turns, extra }: Conversation,
  fake: FakeUpstream,
): Promise<CheckedTurn[]> {
  const checked: CheckedTurn[] = [];
  let input: JsonObject[] = [];
  for (const [index, turn] of turns.entries()) {
    fake.answer(turn.plays);
    if (turn.says !== undefined) input.push({ role: 'user', content: [{ type: 'input_text', text: turn.says }] });
    const asked = fake.seen.length;
    const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer client-key' },
      body: JSON.stringify({ model: provider.name, stream: true, input, ...extra }),
    });
    const body = await reply.text();
    const stepId = reply.headers.get('x-deltascope-step') ?? '';
    const step: StepDetail = await proxy.step(stepId);
    const findings: Finding[] = (await proxy.findings(stepId)).findings;
    checked.push({ index, provider: provider.name, plays: turn.plays, step, findings, asked: fake.seen.length - asked, body });
    const output = outputOf(body);
    const calls = output.filter((item) => item['type'] === 'function_call');
    input = [
      ...input,
      ...output,
      ...calls.map((call) => ({ type: 'function_call_output', call_id: call['call_id'], output: 'sunny, 21 °C' })),
    ];
  }
  return checked;
}

/** The items as they were done in the stream: what clients send back. */
function outputOf(body: string): JsonObject[] {
  return readFrames(Buffer.from(body)).flatMap(({ data }) => {
    const event = parseJsonObject(data);
    if (asString(event?.['type']) !== 'response.output_item.done') return [];
    const item = asObject(event?.['item']);
    return item['type'] === 'message' && asArray(item['content']).length === 0 ? [] : [item];
  });
}
