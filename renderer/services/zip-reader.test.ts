import { describe, expect, it } from 'vitest';
import { listZip, readZipText } from './zip-reader.ts';

/** `a.txt` (stored, "hello"), made by hand: local header, bytes, directory, end. */
function makeZip(): Blob {
  const name = new TextEncoder().encode('a.txt');
  const body = new TextEncoder().encode('hello');
  const local = new DataView(new ArrayBuffer(30));
  local.setUint32(0, 0x04034b50, true);
  local.setUint16(26, name.length, true);
  const entry = new DataView(new ArrayBuffer(46));
  entry.setUint32(0, 0x02014b50, true);
  entry.setUint32(20, body.length, true);
  entry.setUint32(24, body.length, true);
  entry.setUint16(28, name.length, true);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, 1, true);
  end.setUint32(12, 46 + name.length, true);
  end.setUint32(16, 30 + name.length + body.length, true);
  return new Blob([local, name, body, entry, name, end]);
}

describe('the zip reader', () => {
  it('lists files and reads the beginning of one', async () => {
    const zip = makeZip();
    const [file] = await listZip(zip);
    expect(file).toMatchObject({ name: 'a.txt', size: 5, isDeflated: false });
    if (file === undefined) return;
    expect(await readZipText(zip, file, 100)).toBe('hello');
    expect(await readZipText(zip, file, 2)).toBe('he');
  });

  it('says when something is no zip', async () => {
    await expect(listZip(new Blob(['<html>']))).rejects.toThrow('no zip');
  });
});
