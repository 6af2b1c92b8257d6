/**
 * Where Deltascope's settings come from: flags, then DELTASCOPE_* variables, then the config file, then
 * defaults (contract 2 and 3.2). Everything is checked here, so that the rest can trust it.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from './errors.ts';
import { parseKeepDays, parseKeepSize, type KeepLimits } from './protocol/api/keep.ts';
import { asString, isObject, parseJson, type JsonObject } from './protocol/json.ts';
import { parseOtelTarget, type OtelTarget } from './otel/otel-target.ts';
import { findQuirks } from './quirks/index.ts';
import type { UpstreamConfig, UpstreamKind } from './upstreams/upstream.ts';

export const DEFAULT_PORT = 4141;
const KINDS: readonly UpstreamKind[] = ['anthropic', 'openai-chat', 'gemini', 'responses'];

export interface ProxyConfig {
  port: number;
  /** True when somebody asked for this port: then it is an error that it is taken. */
  isPortExplicit: boolean;
  host: string;
  dataDir: string;
  /** As configured; the built-in ones are added by `withDefaultUpstreams`. */
  upstreams: UpstreamConfig[];
  allowRemote: boolean;
  allowHosts: string[];
  allowOrigins: string[];
  /** Where spans are sent while the bridge runs; null: nowhere. */
  otel: OtelTarget | null;
  /** How much of the past is kept, as far as it was said; the rest is a setting of the page. */
  keep: Partial<KeepLimits>;
}

export interface ConfigFlags {
  port?: string | undefined;
  host?: string | undefined;
  dataDir?: string | undefined;
  config?: string | undefined;
  upstream?: string[] | undefined;
  allowRemote?: boolean | undefined;
  allowHost?: string[] | undefined;
  allowOrigin?: string[] | undefined;
  otel?: string | undefined;
  keepSize?: string | undefined;
  keepDays?: string | undefined;
}

/** @throws UsageError with one sentence for anything that can't be used. */
export function readConfig(flags: ConfigFlags, env: NodeJS.ProcessEnv, cwd: string): ProxyConfig {
  const configPath = flags.config ?? env['DELTASCOPE_CONFIG'];
  const file = configPath === undefined ? {} : readConfigFile(resolve(cwd, configPath));
  const port = flags.port ?? env['DELTASCOPE_PORT'] ?? file['port'];
  const host = flags.host ?? asString(file['host']) ?? '127.0.0.1';
  const dataDir = flags.dataDir ?? env['DELTASCOPE_DATA_DIR'] ?? asString(file['dataDir']);
  const allowRemote = flags.allowRemote === true;
  if (!allowRemote && !isLoopback(host)) {
    throw new UsageError(
      `--host ${host} is reachable from other machines. Add --allow-remote if that is wanted; every request then needs the token.`,
    );
  }
  const fromFile = file['upstreams'] === undefined ? [] : parseUpstreamList(file['upstreams'], configPath ?? '');
  const fromFlags = (flags.upstream ?? []).map((text) => parseUpstream(parseJson(text), '--upstream'));
  const upstreams = fromFlags.length > 0 ? fromFlags : fromFile;
  const names = new Set<string>();
  for (const { name } of upstreams) {
    if (names.has(name)) throw new UsageError(`Two upstreams are called '${name}'. Give each a name of its own.`);
    names.add(name);
  }
  return {
    port: port === undefined ? DEFAULT_PORT : parsePort(port),
    isPortExplicit: port !== undefined,
    host,
    dataDir: dataDir === undefined ? defaultDataDir(env, process.platform) : resolve(cwd, dataDir),
    upstreams,
    allowRemote,
    allowHosts: flags.allowHost ?? [],
    allowOrigins: flags.allowOrigin ?? [],
    otel: readOtel(flags.otel ?? env['DELTASCOPE_OTEL'], file['otel'], env, configPath),
    keep: readKeep(flags, env, file),
  };
}

function readKeep(flags: ConfigFlags, env: NodeJS.ProcessEnv, file: JsonObject): Partial<KeepLimits> {
  const size = toText(flags.keepSize ?? env['DELTASCOPE_KEEP_SIZE'] ?? file['keepSize']);
  const sizeBytes = size === undefined ? undefined : parseKeepSize(size);
  if (size !== undefined && sizeBytes === undefined) {
    throw new UsageError(`The size to keep, ${size}, must be like 500MB or 10GB, at least 1MB, or off.`);
  }
  const age = toText(flags.keepDays ?? env['DELTASCOPE_KEEP_DAYS'] ?? file['keepDays']);
  const days = age === undefined ? undefined : parseKeepDays(age);
  if (age !== undefined && days === undefined) throw new UsageError(`The days to keep, ${age}, must be a whole number from 1 on, or off.`);
  return { ...(sizeBytes === undefined ? {} : { sizeBytes }), ...(days === undefined ? {} : { days }) };
}

/** A config file may hold a number where a flag is text. */
function toText(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Off unless a flag, our own variable or the config file says so; OTEL_* variables alone switch nothing on. */
function readOtel(text: string | undefined, inFile: unknown, env: NodeJS.ProcessEnv, configPath = ''): OtelTarget | null {
  if (text !== undefined) return text === '' || text === 'off' ? null : parseOtelTarget(text, env, '--otel');
  if (inFile === undefined || inFile === null || inFile === false) return null;
  return parseOtelTarget(inFile, env, `'otel' in ${configPath}`);
}

function readConfigFile(path: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The config file ${path} can't be read: ${(error as Error).message}.`);
  }
  const value = parseJson(text);
  if (!isObject(value)) throw new UsageError(`The config file ${path} is not a JSON object.`);
  return value;
}

function parsePort(value: unknown): number {
  const port = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`Port ${String(value)} is not a number from 0 to 65535.`);
  return port;
}

function parseUpstreamList(value: unknown, where: string): UpstreamConfig[] {
  if (!Array.isArray(value)) throw new UsageError(`'upstreams' in ${where} is not a list.`);
  return value.map((one, index) => parseUpstream(one, `upstreams[${index}] in ${where}`));
}

/** @throws UsageError naming the field at fault. */
export function parseUpstream(value: unknown, where: string): UpstreamConfig {
  if (!isObject(value))
    throw new UsageError(`${where} is not a JSON object like {"name":"anthropic","kind":"anthropic","baseURL":"https://…"}.`);
  const { name, kind, baseURL, apiKey, profile } = value;
  if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]+$/.test(name))
    throw new UsageError(`${where}: 'name' must be made of letters, digits, dot, dash and underscore.`);
  const known = KINDS.find((one) => one === kind);
  if (!known) throw new UsageError(`${where}: 'kind' must be one of ${KINDS.join(', ')}.`);
  if (typeof baseURL !== 'string' || !isHttpUrl(baseURL)) throw new UsageError(`${where}: 'baseURL' must be an http or https address.`);
  if (apiKey !== undefined && (typeof apiKey !== 'string' || apiKey === ''))
    throw new UsageError(`${where}: 'apiKey' must be a key or env:NAME; leave it out to pass the client's own on.`);
  const headers = value['headers'];
  if (headers !== undefined && !isStringRecord(headers)) throw new UsageError(`${where}: 'headers' must be an object of strings.`);
  const quirks = value['quirks'] ?? [];
  if (!isStringList(quirks)) throw new UsageError(`${where}: 'quirks' must be a list of quirk names, ["litellm-step2"] say.`);
  findQuirks(quirks);
  if (profile !== undefined && typeof profile !== 'string') throw new UsageError(`${where}: 'profile' must be a name, "openrouter" say.`);
  for (const flag of ['repair', 'webSearch']) {
    if (value[flag] !== undefined && typeof value[flag] !== 'boolean') throw new UsageError(`${where}: '${flag}' must be true or false.`);
  }
  return {
    name,
    kind: known,
    baseURL: baseURL.replace(/\/+$/, ''),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
    ...(isStringRecord(headers) ? { headers } : {}),
    ...(profile === undefined ? {} : { profile }),
    ...(value['repair'] === true ? { repair: true } : {}),
    ...(value['webSearch'] === true ? { webSearch: true } : {}),
    ...(quirks.length > 0 ? { quirks } : {}),
  };
}

/** With nothing configured: the providers whose keys are in the environment, then the demo. */
export function withDefaultUpstreams(configured: readonly UpstreamConfig[], env: NodeJS.ProcessEnv, demoBaseURL: string): UpstreamConfig[] {
  if (configured.length > 0) return [...configured];
  const found: UpstreamConfig[] = [];
  if (env['ANTHROPIC_API_KEY'])
    found.push({ name: 'anthropic', kind: 'anthropic', baseURL: 'https://api.anthropic.com', apiKey: 'env:ANTHROPIC_API_KEY' });
  if (env['OPENAI_API_KEY'])
    found.push({ name: 'openai', kind: 'responses', baseURL: 'https://api.openai.com/v1', apiKey: 'env:OPENAI_API_KEY' });
  if (env['GEMINI_API_KEY'])
    found.push({ name: 'gemini', kind: 'gemini', baseURL: 'https://generativelanguage.googleapis.com', apiKey: 'env:GEMINI_API_KEY' });
  return withDemo(found, demoBaseURL);
}

/** Adds the built-in demo as the last upstream, unless the name is taken. */
export function withDemo(upstreams: readonly UpstreamConfig[], demoBaseURL: string): UpstreamConfig[] {
  if (upstreams.some(({ name }) => name === 'demo')) return [...upstreams];
  return [...upstreams, { name: 'demo', kind: 'anthropic', baseURL: demoBaseURL, apiKey: 'demo' }];
}

/** The system's folder for application data. */
export function defaultDataDir(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Deltascope');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Deltascope');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'deltascope');
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isStringRecord(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((one) => typeof one === 'string');
}
