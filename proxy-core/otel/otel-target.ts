/**
 * Where spans go, from settings: an object in the config file, a URL, or `env` for the variables that
 * OpenTelemetry's own SDKs read. Nothing is sent unless one of these is given. Header values are secrets.
 */
import { UsageError } from '../errors.ts';
import { asString, isObject } from '../protocol/json.ts';
import type { OtlpProtocol } from './to-otlp.ts';

export interface OtelTarget {
  /** Ends in /v1/traces. */
  url: string;
  headers: { [name: string]: string };
  protocol: OtlpProtocol;
}

const EXAMPLE = '{"endpoint":"http://127.0.0.1:4318","headers":{"authorization":"env:NAME"}}';

/**
 * @param value `env`, a URL, or `{endpoint, headers?, protocol?}`; header values may be `env:NAME`.
 * @throws UsageError naming what can't be used.
 */
export function parseOtelTarget(value: unknown, env: NodeJS.ProcessEnv, where: string): OtelTarget {
  if (value === 'env') return fromEnvironment(env, where);
  const settings = typeof value === 'string' ? { endpoint: value } : value;
  if (!isObject(settings)) throw new UsageError(`${where} must be "env", an address, or an object like ${EXAMPLE}.`);
  const endpoint = asString(settings['endpoint']) ?? '';
  const headers = settings['headers'] ?? {};
  if (!isObject(headers)) throw new UsageError(`${where}: 'headers' must be an object of strings.`);
  return {
    url: toUrl(endpoint, `${where}: 'endpoint'`),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, toValue(name, text, env, where)])),
    protocol: toProtocol(asString(settings['protocol']), where),
  };
}

/** The target as it may be shown: no header, no credential of the address. */
export function describeTarget({ url }: OtelTarget): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.search = '';
  return shown.toString();
}

/** What must never be written down, of a target. */
export function secretsOf({ url, headers }: OtelTarget): string[] {
  const { username, password, searchParams } = new URL(url);
  const values = Object.values(headers);
  const tokens = values.map((value) => value.replace(/^(?:Bearer|Basic)\s+/i, ''));
  return [...values, ...tokens, decodeURIComponent(password), decodeURIComponent(username), ...searchParams.values()].filter(
    (one) => one !== '',
  );
}

/** `NAME=VALUE` or `NAME: VALUE`. @throws UsageError */
export function parseHeader(text: string, where: string): [name: string, value: string] {
  const match = /^([!#$%&'*+.^_`|~\w-]+)\s*[=:]\s*(.*)$/.exec(text.trim());
  if (!match) throw new UsageError(`${where} must look like NAME=VALUE.`);
  return [match[1] as string, match[2] as string];
}

/** Source: OpenTelemetry, "OTLP exporter configuration": the address of one signal is taken as it is, the common one is a base. */
function fromEnvironment(env: NodeJS.ProcessEnv, where: string): OtelTarget {
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const name = own ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  if (!own && !base) throw new UsageError(`${where} is "env", but OTEL_EXPORTER_OTLP_ENDPOINT is not set.`);
  const list = env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '';
  const pairs = list.split(',').filter((pair) => pair.trim() !== '');
  return {
    url: own ? checkUrl(own, name) : toUrl(base as string, name),
    headers: Object.fromEntries(
      pairs.map((pair) => {
        const [key, value] = parseHeader(pair, 'OTEL_EXPORTER_OTLP_HEADERS');
        return [key, decode(value)];
      }),
    ),
    protocol: toProtocol(env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'], 'OTEL_EXPORTER_OTLP_PROTOCOL'),
  };
}

function toUrl(endpoint: string, where: string): string {
  const url = new URL(checkUrl(endpoint, where));
  if (!/\/v1\/traces\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.toString();
}

function checkUrl(text: string, where: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new UsageError(`${where} must be an http or https address.`);
  return text;
}

function toValue(name: string, value: unknown, env: NodeJS.ProcessEnv, where: string): string {
  if (typeof value !== 'string') throw new UsageError(`${where}: the header ${name} is no string.`);
  if (!value.startsWith('env:')) return value;
  const found = env[value.slice(4)];
  if (!found) throw new UsageError(`${where}: the variable ${value.slice(4)} of the header ${name} is not set.`);
  return found;
}

function toProtocol(text: string | undefined, where: string): OtlpProtocol {
  if (text === undefined || text === '' || text === 'http/protobuf') return 'http/protobuf';
  if (text === 'http/json') return text;
  throw new UsageError(`${where}: the protocol must be http/protobuf or http/json; ${text} is not spoken here.`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a value that was never encoded
  }
}
