import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createKeyStore, type SafeStorage } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'deltascope-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Encrypts like the system's would: to something else, and back. */
const working: SafeStorage = {
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a)),
  decryptString: (bytes) => Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString(),
};
const missing: SafeStorage = { ...working, isEncryptionAvailable: () => false };
const withoutKeyring: SafeStorage = { ...working, getSelectedStorageBackend: () => 'basic_text' };

const SECRET = 'sk-ant-secret-0123456789';

describe('keys typed in the settings', () => {
  it('are kept encrypted, for their owner only, and reach the bridge after a restart', () => {
    const path = join(folder, 'kept.json');
    createKeyStore(path, working, () => undefined).set('ANTHROPIC_API_KEY', SECRET);
    expect(readFileSync(path, 'utf8')).not.toContain(SECRET);
    expect(statSync(path).mode & 0o077).toBe(0);
    const again = createKeyStore(path, working, () => undefined);
    expect(again.toEnvironment()).toEqual({ ANTHROPIC_API_KEY: SECRET });
    expect(again.list()).toEqual([{ name: 'ANTHROPIC_API_KEY', isKept: true }]);
  });

  it('are gone from disk when the last is removed', () => {
    const path = join(folder, 'removed.json');
    const store = createKeyStore(path, working, () => undefined);
    store.set('OPENAI_API_KEY', SECRET);
    store.set('OPENAI_API_KEY', '');
    expect(existsSync(path)).toBe(false);
    expect(store.list()).toEqual([]);
  });

  it.each([
    ['without encrypted storage', missing],
    ['with a storage that everybody can read', withoutKeyring],
  ])('never touch the disk %s, and the reader is told', (_name, storage) => {
    const path = join(folder, 'never.json');
    const store = createKeyStore(path, storage, () => undefined);
    store.set('OPENAI_API_KEY', SECRET);
    expect(existsSync(path)).toBe(false);
    expect(store.trouble()).toContain('no encrypted storage');
    expect(store.list()).toEqual([{ name: 'OPENAI_API_KEY', isKept: false }]);
    expect(store.toEnvironment()).toEqual({ OPENAI_API_KEY: SECRET });
  });

  it.each(['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'openai_api_key', ''])('can not be called %j', (name) => {
    const store = createKeyStore(join(folder, 'names.json'), working, () => undefined);
    expect(() => store.set(name, SECRET)).toThrow('not the name of a key');
  });
});
