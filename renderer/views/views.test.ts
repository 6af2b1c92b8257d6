import { describe, expect, it, vi } from 'vitest';

describe('the registry of views', () => {
  it('has unique ids and titles', async () => {
    vi.stubGlobal('location', { hash: '', origin: 'http://x', host: 'x' });
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
    vi.stubGlobal('document', { fonts: { ready: Promise.resolve(), addEventListener: () => undefined } });
    const { VIEWS } = await import('./index.ts');
    expect(VIEWS.map((view) => view.id)).toEqual(['timeline', 'id-map', 'chain', 'result', 'compare']);
    expect(new Set(VIEWS.map((view) => view.title)).size).toBe(VIEWS.length);
  });
});
