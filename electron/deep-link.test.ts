import { describe, expect, it } from 'vitest';
import { parseArguments, toPageHash } from './deep-link.ts';

describe('links into the app', () => {
  it.each([
    ['deltascope://session/sess_1', '#/session/sess_1'],
    ['deltascope://session/sess_1/', '#/session/sess_1'],
    ['deltascope://session/sess_1/step/2/event/14', '#/session/sess_1/step/2/event/14'],
  ])('%s is a place in the page', (link, hash) => expect(toPageHash(link)).toBe(hash));

  it.each([
    'https://session/sess_1',
    'deltascope://settings/keys',
    'deltascope://session/../../etc',
    'deltascope://session/a?x=<script>',
    'deltascope://session/a#javascript:alert(1)',
    'deltascope://session/a/step/x',
  ])('%s is none', (link) => expect(toPageHash(link)).toBeUndefined());
});

describe('the arguments of a start', () => {
  it('are read by what they are, wherever Chromium puts its own', () => {
    const argv = ['/app', '--no-sandbox', '/home/me/a.deltascope.zip', '--inspect=0', 'deltascope://session/s1', '/home/me/other.zip'];
    expect(parseArguments(argv)).toEqual({ files: ['/home/me/a.deltascope.zip'], places: ['#/session/s1'] });
  });

  it('leave what follows -- to the bridge', () => {
    expect(parseArguments(['/app', '--', '--config', 'b.deltascope.zip'])).toEqual({ files: [], places: [] });
  });
});
