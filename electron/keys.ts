/**
 * Provider keys typed in the settings. On disk only as the system's safe storage encrypts them; where it
 * does not, they live until the app ends, and the reader is told so. They reach the bridge in its
 * environment, like keys that were there before.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { StoredKey } from '../proxy-core/protocol/api/desktop-api.ts';
import { asString, parseJsonObject } from '../proxy-core/protocol/json.ts';

/** What of Electron's safeStorage is used; the backend's name is new since Electron 25. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
  getSelectedStorageBackend?: () => string;
}

export interface KeyStore {
  /** Null, or why keys are not kept. */
  trouble(): string | null;
  list(): StoredKey[];
  /** An empty value removes the key. @throws for a name that is no key's. */
  set(name: string, value: string): void;
  /** For the bridge. */
  toEnvironment(): Record<string, string>;
}

const NAME = /^[A-Z][A-Z0-9_]{0,60}_API_KEY$/;
const NOT_KEPT =
  'This system offers no encrypted storage to apps, so keys typed here last until Deltascope is closed; set them in the environment to keep them.';

export function createKeyStore(path: string, safeStorage: SafeStorage, log: (line: string) => void): KeyStore {
  // On Linux without a keyring the backend encrypts with a key that everybody knows: that is not kept secret.
  const isSafe = (): boolean => safeStorage.isEncryptionAvailable() && safeStorage.getSelectedStorageBackend?.() !== 'basic_text';
  const values = new Map<string, { value: string; isKept: boolean }>();
  for (const [name, encrypted] of Object.entries(readFile(path))) {
    const value = decrypt(name, encrypted);
    if (value !== undefined) values.set(name, { value, isKept: true });
  }

  function decrypt(name: string, encrypted: unknown): string | undefined {
    const text = asString(encrypted);
    if (text === undefined || !NAME.test(name) || !isSafe()) return undefined;
    try {
      return safeStorage.decryptString(Buffer.from(text, 'base64'));
    } catch {
      log(`keys: ${name} can't be decrypted, it has to be typed again`);
      return undefined;
    }
  }

  function write(): void {
    const kept = [...values].filter(([, { isKept }]) => isKept);
    if (kept.length === 0) return rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true });
    const encrypted = kept.map(([name, { value }]) => [name, safeStorage.encryptString(value).toString('base64')]);
    writeFileSync(path, JSON.stringify(Object.fromEntries(encrypted)), { mode: 0o600 });
  }

  return {
    trouble: () => (isSafe() ? null : NOT_KEPT),
    list: () => [...values].map(([name, { isKept }]) => ({ name, isKept })),
    set(name, value) {
      if (!NAME.test(name))
        throw new Error(`'${name}' is not the name of a key: it must end in _API_KEY and have capitals, digits and underscores only.`);
      if (value === '') values.delete(name);
      else values.set(name, { value, isKept: isSafe() });
      write();
    },
    toEnvironment: () => Object.fromEntries([...values].map(([name, { value }]) => [name, value])),
  };
}

function readFile(path: string): Record<string, unknown> {
  try {
    return parseJsonObject(readFileSync(path, 'utf8')) ?? {};
  } catch {
    return {}; // none were ever kept
  }
}
