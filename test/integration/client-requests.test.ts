/**
 * Every recorded request of every real client is accepted for every upstream kind, and what would go
 * upstream fits the provider SDK's own types: the bodies are written as TypeScript literals, where an
 * unknown or missing field is a compile error, and given to the compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareTranslated } from '../../proxy-core/exchange/prepare-translated.ts';
import { asObject, parseJsonObject, type JsonObject } from '../../proxy-core/protocol/json.ts';
import { translators } from '../../proxy-core/upstreams/index.ts';
import { CHAT_PROFILE_NAMES } from '../../proxy-core/upstreams/openai-chat/profiles.ts';
import type { UpstreamConfig, UpstreamKind } from '../../proxy-core/upstreams/upstream.ts';
import { createRecordedStore } from '../helpers/recorded-store.ts';
import { hasShared, sharedPath } from '../helpers/shared-data.ts';

type Kind = Exclude<UpstreamKind, 'responses'>;
interface ClientRequest {
  name: string;
  case: string;
  body: JsonObject;
}

const ROOT = join(import.meta.dirname, '..', '..');

function readRequests(): ClientRequest[] {
  const files = readdirSync(sharedPath('client-requests'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.map((name) => {
    const recorded = parseJsonObject(readFileSync(sharedPath('client-requests', name), 'utf8')) ?? {};
    return { name, case: String(recorded['case']), body: asObject(recorded['body']) };
  });
}

/** The answers that these clients got, as far as they are here. */
function readAnswers(name: string): Buffer[] {
  const files = readdirSync(sharedPath('violations')).filter((file) => file === `${name}.sse` || file === `${name}.step2.sse`);
  return files.map((file) => readFileSync(sharedPath('violations', file)));
}

function build(request: ClientRequest, kind: Kind, profile?: string): JsonObject {
  const config: UpstreamConfig = { name: 'u', kind, baseURL: 'http://127.0.0.1:1/v1', ...(profile === undefined ? {} : { profile }) };
  let count = 0;
  return prepareTranslated({
    body: request.body,
    // A model with every capability: what is refused for a smaller one is a matter of that model.
    model: { anthropic: 'claude-sonnet-5', 'openai-chat': 'm', gemini: 'gemini-3-pro' }[kind],
    config,
    translator: translators[kind],
    store: createRecordedStore(readAnswers(request.case)),
    createId: (prefix) => `${prefix}_${++count}`,
    nowUs: () => 0,
    onWarning: () => undefined,
  }).built.body;
}

/** The compiler's complaints; empty when all bodies are of the type. */
function typecheck(type: string, from: string, bodies: JsonObject[]): string {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  // Inside the repository, so that the compiler finds its packages.
  const folder = mkdtempSync(join(ROOT, '.cache', 'client-requests-'));
  try {
    const literals = bodies.map((body) => JSON.stringify(body, null, 1)).join(',\n');
    writeFileSync(join(folder, 'bodies.ts'), `import type { ${type} } from '${from}';\nexport const bodies: ${type}[] = [${literals}];\n`);
    const options = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      target: 'es2023',
      module: 'esnext',
      moduleResolution: 'bundler',
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['bodies.ts'] }));
    execFileSync(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!hasShared('client-requests') || !hasShared('violations'))('requests of real clients', () => {
  for (const kind of Object.keys(translators) as Kind[]) {
    it(`are accepted for ${kind}`, () => {
      const requests = readRequests();
      expect(requests.length).toBeGreaterThan(0);
      for (const request of requests) expect(() => build(request, kind), request.name).not.toThrow();
    });
  }

  it('become bodies that the openai package knows', () => {
    const bodies = readRequests().flatMap((request) =>
      // The other profiles add fields of their servers on purpose.
      ['openai', 'litellm', 'ollama', 'lmstudio'].map((profile) => build(request, 'openai-chat', profile)),
    );
    expect(bodies.length).toBeGreaterThan(0);
    expect(typecheck('ChatCompletionCreateParamsStreaming', 'openai/resources/chat/completions', bodies)).toBe('');
  });

  it('become bodies that the Anthropic package knows', () => {
    const bodies = readRequests().map((request) => build(request, 'anthropic'));
    expect(bodies.length).toBeGreaterThan(0);
    expect(typecheck('MessageCreateParamsStreaming', '@anthropic-ai/sdk/resources/messages', bodies)).toBe('');
  });

  it('fail this check when a field is wrong', () => {
    const wrong = { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true, max_output_tokens: 1 };
    expect(typecheck('ChatCompletionCreateParamsStreaming', 'openai/resources/chat/completions', [wrong])).toContain('max_output_tokens');
  });

  it('give every chat profile a body', () => {
    for (const profile of CHAT_PROFILE_NAMES) for (const request of readRequests()) build(request, 'openai-chat', profile);
  });
});
