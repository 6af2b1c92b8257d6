import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { describeTarget, parseOtelTarget, secretsOf } from './otel-target.ts';

describe('otel target', () => {
  it('is nowhere unless somebody says so, whatever OTEL_ variables are set', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    expect(readConfig({}, env, '/').otel).toBe(null);
    expect(readConfig({ otel: 'off' }, { ...env, DELTASCOPE_OTEL: 'env' }, '/').otel).toBe(null);
    expect(readConfig({}, { ...env, DELTASCOPE_OTEL: 'env' }, '/').otel?.url).toBe('http://collector:4318/v1/traces');
  });

  it.each([
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
    ['https://x.example/api/public/otel/', 'https://x.example/api/public/otel/v1/traces'],
    ['https://x.example/v1/traces', 'https://x.example/v1/traces'],
    ['https://x.example/in?key=1', 'https://x.example/in/v1/traces?key=1'],
  ])('of %s is %s', (endpoint, url) => expect(parseOtelTarget(endpoint, {}, 'otel').url).toBe(url));

  it('takes the variables of OpenTelemetry when asked to', () => {
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector/as/it/is',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YWxhZGRpbg==, x-team = blue',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
    expect(parseOtelTarget('env', env, 'otel')).toEqual({
      url: 'http://collector/as/it/is',
      headers: { authorization: 'Basic YWxhZGRpbg==', 'x-team': 'blue' },
      protocol: 'http/json',
    });
  });

  it('reads header values from the environment, and knows what is secret in it', () => {
    const target = parseOtelTarget(
      { endpoint: 'https://ada:hunter2secret@x.example/?key=abcdef', headers: { authorization: 'env:COLLECTOR_KEY' } },
      { COLLECTOR_KEY: 'Bearer s3cret-value' },
      'otel',
    );
    expect(secretsOf(target)).toEqual(expect.arrayContaining(['Bearer s3cret-value', 's3cret-value', 'hunter2secret', 'abcdef']));
    expect(describeTarget(target)).toBe('https://x.example/v1/traces');
  });

  it.each([
    [7, '"env", an address, or an object'],
    ['collector:4318', 'http or https address'],
    [{ endpoint: 'http://x', headers: { a: 'env:GONE' } }, 'GONE of the header a is not set'],
    [{ endpoint: 'http://x', protocol: 'grpc' }, 'http/protobuf or http/json'],
    ['env', 'OTEL_EXPORTER_OTLP_ENDPOINT is not set'],
  ])('refuses %j with a sentence', (value, message) => expect(() => parseOtelTarget(value, {}, 'otel')).toThrow(message));
});
