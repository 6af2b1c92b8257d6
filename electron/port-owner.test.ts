import { describe, expect, it } from 'vitest';
import { parsePortOwner } from './port-owner.ts';

describe('who holds a port', () => {
  it('as ss tells on Linux', () => {
    const text = 'LISTEN 0      511        127.0.0.1:4141      0.0.0.0:*    users:(("node",pid=123,fd=21))\n';
    expect(parsePortOwner(text, 'linux')).toBe('node (pid 123)');
  });
  it('as lsof tells on macOS', () => expect(parsePortOwner('p123\ncnode\nf21\n', 'darwin')).toBe('node (pid 123)'));
  it('as PowerShell tells on Windows', () => expect(parsePortOwner('node 123\r\n', 'win32')).toBe('node (pid 123)'));
  it('nobody, when the system does not tell', () => expect(parsePortOwner('', 'linux')).toBeUndefined());
});
