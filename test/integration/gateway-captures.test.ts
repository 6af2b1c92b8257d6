/**
 * What real LiteLLM said and asked, played by a scripted gateway between two recorded sides: every inner call
 * of the captures finds its step, also when many are in flight, and the faults are the gateway's.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionsPage } from '../../proxy-core/protocol/api/control-api.ts';
import { asNumber, asObject, asString, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { startFakeGateway, startFakeProvider, toFrames } from '../helpers/fake-gateway.ts';
import { hasShared, sharedPath } from '../helpers/shared-data.ts';
import { startProxy } from '../helpers/start-proxy.ts';

interface Capture {
  name: string;
  request: JsonObject;
  innerPath: string;
  innerRequest: JsonObject;
  innerBytes: string;
  innerStatus: number;
  emitted: string;
  /** The gateway handed a Responses stream through instead of making one. */
  isNative: boolean;
}

const VERSIONS = ['litellm-1.83.7', 'litellm-1.83.14', 'litellm-1.109.1'];
const AT_ONCE = 8;
const PATHS: [RegExp, string][] = [
  [/\/v1\/messages/, '/u/anthropic/v1/messages'],
  [/\/chat\/completions/, '/u/chat/v1/chat/completions'],
  [/\/v1\/responses/, '/u/native/v1/responses'],
];

function readCapture(version: string, scenario: string): Capture | undefined {
  const folder = sharedPath('captures', version, scenario);
  const text = (file: string): string => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  const meta = parseJsonObject(text('meta.json')) ?? {};
  const emitted = text('emitted.sse');
  const request = parseJsonObject(text('request.json'));
  const innerRequest = parseJsonObject(text('upstream-request.json'));
  const url = asString(parseJsonObject(text('upstream-request.head.json'))?.['url']) ?? '';
  const innerPath = url.includes('/v1beta/') ? `/u/gemini${url}` : PATHS.find(([pattern]) => pattern.test(url))?.[1];
  const isWanted = meta['path'] === '/v1/responses' && meta['stream'] === true && meta['http_status'] === 200;
  if (!isWanted || !request || !innerRequest || innerPath === undefined || !emitted.includes('data:')) return undefined;
  const innerBytes = text('upstream.sse') || text('upstream.json');
  // What a broken connection looked like can't be played again from a file.
  if (innerBytes === '' || asNumber(meta['client_error']) !== undefined || /drop|abort/.test(scenario)) return undefined;
  const isNative = innerPath.endsWith('/responses');
  return { name: `${version}/${scenario}`, request, innerPath, innerRequest, innerBytes, innerStatus: 200, emitted, isNative };
}

describe.runIf(hasShared('captures'))('captures of LiteLLM as a gateway in the middle', () => {
  it('find their steps and are blamed for their faults', async () => {
    const captures = VERSIONS.flatMap((version) =>
      existsSync(sharedPath('captures', version))
        ? readdirSync(sharedPath('captures', version)).flatMap((scenario) => readCapture(version, scenario) ?? [])
        : [],
    );
    expect(captures.length).toBeGreaterThan(0);
    const byName = (body: JsonObject): Capture =>
      captures.find(({ name }) => name === asString(asObject(body['metadata'])['capture'])) as Capture;
    // The provider knows the call by its bytes: LiteLLM's own requests carry no name of ours.
    const waiting = new Map<string, Capture[]>();
    const provider = await startFakeProvider((body) => {
      const capture = waiting.get(JSON.stringify(body))?.shift();
      return { frames: toFrames(capture?.innerBytes ?? '') };
    });
    const gateway = await startFakeGateway(
      () => proxy.ready.url,
      (request) => {
        const capture = byName(request);
        const key = JSON.stringify(capture.innerRequest);
        waiting.set(key, [...(waiting.get(key) ?? []), capture]);
        return { calls: [{ path: capture.innerPath, body: capture.innerRequest }], answer: () => toFrames(capture.emitted) };
      },
    );
    const proxy = await startProxy({
      upstreams: [
        { name: 'litellm', kind: 'responses', baseURL: gateway.baseURL },
        { name: 'anthropic', kind: 'anthropic', baseURL: provider.origin },
        { name: 'chat', kind: 'openai-chat', baseURL: provider.baseURL },
        { name: 'gemini', kind: 'gemini', baseURL: provider.origin },
        { name: 'native', kind: 'responses', baseURL: provider.baseURL },
      ],
    });
    const notLinked: string[] = [];
    const notBlamed: string[] = [];
    let errors = 0;
    let listed = 0;
    const asked: { capture: Capture; stepId: string }[] = [];
    try {
      const queue = [...captures];
      const worker = async (): Promise<void> => {
        for (let capture = queue.shift(); capture; capture = queue.shift()) {
          const reply = await fetch(`${proxy.ready.apiBase}/responses`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ ...capture.request, metadata: { capture: capture.name } }),
          });
          await reply.text();
          asked.push({ capture, stepId: reply.headers.get('x-deltascope-step') ?? '' });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      for (const { capture, stepId } of asked) {
        const step = await proxy.step(stepId);
        const inner = step.gateway ? await proxy.step(step.gateway.stepId) : undefined;
        const isRight = JSON.stringify(inner?.request.body) === JSON.stringify(capture.innerRequest) && step.innerSteps?.length === 1;
        if (!isRight) notLinked.push(`${capture.name} (${step.innerSteps?.length} calls, ${inner?.request.path})`);
        const { findings } = await proxy.findings(stepId);
        const own = findings.filter(({ severity, hop }) => severity === 'error' && hop !== 'client');
        errors += own.length;
        const wrong = own.filter(({ hop }) => hop !== 'bridge' && !(capture.isNative && hop === 'upstream'));
        if (wrong.length > 0) notBlamed.push(`${capture.name}: ${wrong.map(({ rule, hop }) => `${rule} ${hop}`).join(', ')}`);
      }
      const { sessions } = await proxy.api<SessionsPage>('/api/sessions?limit=500');
      listed = sessions.filter(({ upstreams }) => upstreams.join() !== 'litellm').length;
    } finally {
      await proxy.close();
      await gateway.close();
      await provider.close();
    }
    console.log(
      `${asked.length} captures, ${asked.length - notLinked.length} linked, ${errors} errors; ${notBlamed.length} with another hop`,
    );
    expect({ notLinked, notBlamed, listed }).toEqual({ notLinked: [], notBlamed: [], listed: 0 });
    expect(errors).toBeGreaterThan(0);
  }, 120_000);
});
