/** The app's walls, by attacks from the page and from a foreign server, which must hear nothing. */
import { createServer, request as sendRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { startDesktopApp, type DesktopApp } from '../helpers/desktop-app.ts';

test.describe.configure({ mode: 'serial' });

interface Opened {
  openedOutside?: string[];
  attempts?: string[];
}
/** As the page sees its own window. */
interface PageWindow {
  deltascopeDesktop: {
    info(): Promise<unknown>;
    setKey(name: unknown, value: unknown): Promise<unknown>;
    changeSettings(value: unknown): Promise<unknown>;
  };
  wasRun?: boolean;
}

let desktop: DesktopApp;
let evil: Server;
let evilUrl: string;
const heard: string[] = [];

test.beforeAll(async () => {
  evil = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.setHeader('content-type', 'text/html').end('<h1>evil</h1>');
  });
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  evilUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
  desktop = await startDesktopApp();
  await desktop.app.evaluate(({ shell }) => {
    (globalThis as Opened).openedOutside = [];
    shell.openExternal = async (url) => void (globalThis as Opened).openedOutside?.push(url);
  });
});
test.afterAll(async () => {
  await desktop.close();
  evil.closeAllConnections();
  await new Promise((resolve) => evil.close(resolve));
});

const openedOutside = (): Promise<string[]> => desktop.app.evaluate(() => (globalThis as Opened).openedOutside ?? []);
const windowCount = (): Promise<number> => desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('new windows: https goes to the system browser, everything else nowhere', async () => {
  await desktop.page.evaluate((url) => {
    window.open('https://example.invalid/docs');
    window.open(`${url}/window`);
    window.open('file:///etc/passwd');
    window.open('javascript:alert(1)');
  }, evilUrl);
  await expect.poll(openedOutside).toEqual(['https://example.invalid/docs']);
  expect(await windowCount()).toBe(1);
});

test('the page loads nothing from elsewhere', async () => {
  const outcomes = await desktop.page.evaluate(async (url) => {
    const wait = (element: HTMLElement): Promise<string> =>
      new Promise((resolve) => {
        element.addEventListener('load', () => resolve('loaded'));
        element.addEventListener('error', () => resolve('refused'));
        document.body.append(element);
      });
    const image = Object.assign(document.createElement('img'), { src: `${url}/image` });
    const script = Object.assign(document.createElement('script'), { src: `${url}/script` });
    const fetched = fetch(`${url}/fetch`, { mode: 'no-cors' }).then(
      () => 'loaded',
      () => 'refused',
    );
    return Promise.all([wait(image), wait(script), fetched]);
  }, evilUrl);
  expect(outcomes).toEqual(['refused', 'refused', 'refused']);
});

test('injected markup runs no script', async () => {
  const wasRun = await desktop.page.evaluate(async () => {
    document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.wasRun = true' }));
    const image = document.createElement('img');
    image.setAttribute('onerror', 'window.wasRun = true');
    const failed = new Promise((resolve) => image.addEventListener('error', resolve));
    image.src = 'data:image/png;base64,AAAA';
    document.body.append(image);
    await failed;
    return (window as unknown as PageWindow).wasRun ?? false;
  });
  expect(wasRun).toBe(false);
});

test('permissions are denied', async () => {
  const asked = await desktop.page.evaluate(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true }).then(
      () => 'granted',
      () => 'denied',
    );
    const place = await new Promise<string>((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('granted'),
        () => resolve('denied'),
      ),
    );
    return [media, place, await Notification.requestPermission()];
  });
  expect(asked).toEqual(['denied', 'denied', 'denied']);
});

test('channels refuse arguments they do not take', async () => {
  const refusals = await desktop.page.evaluate(async () => {
    const api = (window as unknown as PageWindow).deltascopeDesktop;
    const attempts = [
      () => api.setKey('PATH', '/evil'),
      () => api.setKey(1, {}),
      () => api.setKey('A_API_KEY', 'x'.repeat(5000)),
      () => api.changeSettings('on'),
    ];
    return Promise.all(
      attempts.map((attempt) =>
        attempt().then(
          () => 'taken',
          (error: unknown) => String(error),
        ),
      ),
    );
  });
  for (const refusal of refusals) expect(refusal).toMatch(/not the name of a key|arguments it does not take/);
});

test('channels answer the page of the bridge only', async () => {
  // A window with the same preload on a page that is not the bridge's.
  const answer = await desktop.app.evaluate(async ({ BrowserWindow, app }) => {
    const window = new BrowserWindow({
      show: false,
      webPreferences: { preload: `${app.getAppPath()}/dist/preload/preload.cjs`, contextIsolation: true, sandbox: true },
    });
    await window.loadURL('data:text/html,<h1>stranger</h1>');
    const said: unknown = await window.webContents.executeJavaScript(
      'deltascopeDesktop.keys().then(() => "told", (error) => String(error))',
    );
    window.destroy();
    return String(said);
  });
  expect(answer).toContain('for the page of the bridge only');
});

test('the bridge refuses foreign names and foreign pages', async () => {
  const { port } = new URL(desktop.url());
  const ask = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      sendRequest({ host: '127.0.0.1', port, path: '/api/sessions', headers }, (reply) => {
        reply.resume();
        resolve(reply.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  const authorization = `Bearer ${desktop.token()}`;
  expect(await ask({ authorization })).toBe(200);
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization, host: `evil.example:${port}` })).toBe(403);
  expect(await ask({ authorization, origin: evilUrl })).toBe(403);
  expect(await ask({ authorization, origin: 'null' })).toBe(403);
});

// Playwright waits for a navigation that never comes, so from here on the main process is asked.
test('navigation away stays where it is', async () => {
  const before = desktop.page.url();
  await desktop.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.on('will-navigate', (_event, url) => void (globalThis as Opened).attempts?.push(url));
    (globalThis as Opened).attempts = [];
  });
  await desktop.page.evaluate((url) => {
    const form = Object.assign(document.createElement('form'), { action: `${url}/form`, method: 'post' });
    document.body.append(form);
    form.submit();
    location.href = `${url}/away`;
  }, evilUrl);
  await expect.poll(() => desktop.app.evaluate(() => (globalThis as Opened).attempts)).toEqual([`${evilUrl}/away`]);
  const now = await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL());
  expect(now).toBe(before);
});

test('the foreign server has heard nothing', () => {
  expect(heard).toEqual([]);
});
