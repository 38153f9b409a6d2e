// A Chromium with the page in it: opens jobs, asks for their data, and takes their pictures.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Page, chromium } from 'playwright-core';
import { askDatabase, askPrometheus } from './sources';
import { Job, Problems } from './job';

export interface Source {
  readonly url?: string;
  readonly database?: string;
}

/** Where the page believes to be. Nothing of it is looked up: every request is answered below. */
const ORIGIN = 'http://dashboards.invalid';
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
const OFFLINE = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The page's own files, and the icons and fonts that Grafana's library asks its server for. */
function fileOf(path: string): string {
  const font = /^\/public\/fonts\/inter\/Inter-(Regular|Medium)\.woff2$/.exec(path);
  if (font) return require.resolve(`@fontsource/inter/files/inter-latin-${font[1] === 'Medium' ? 500 : 400}-normal.woff2`);
  const icon = /^\/public\/build\/(img\/icons\/.*)$/.exec(path);
  if (icon) return join(dirname(require.resolve('@grafana/ui/package.json')), 'dist/public', icon[1] ?? '');
  return join(__dirname, path === '/' ? 'page.html' : path);
}

/** A page of a browser of its own that is closed when `use` is done with it. */
export async function withBrowser<Result>(executable: string, source: Source, use: (draw: (job: Job, picture: string) => Promise<Problems>) => Promise<Result>): Promise<Result> {
  const browser = await chromium.launch({ executablePath: executable, args: OFFLINE });
  try {
    return await use(async (job, picture) => {
      const page = await browser.newPage();
      try {
        return await drawn(page, source, job, picture);
      } finally {
        await page.close();
      }
    });
  } finally {
    await browser.close();
  }
}

async function drawn(page: Page, source: Source, job: Job, picture: string): Promise<Problems> {
  const problems: Problems = [];
  page.on('pageerror', (error) => problems.push(`the page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`the page: ${message.text()}`);
  });
  await page.route('**', async (route) => {
    const path = new URL(route.request().url()).pathname;
    try {
      await route.fulfill({ body: await readFile(fileOf(path)), contentType: TYPES[path.split('.').pop() ?? ''] ?? 'text/html' });
    } catch {
      problems.push(`the page: asks for ${path}`);
      await route.abort();
    }
  });
  await page.exposeFunction('askPrometheus', (path: string, parameters: Array<[string, string]>) => askPrometheus(source.url ?? '', path, parameters));
  await page.exposeFunction('askDatabase', (statement: string) => askDatabase(source.database ?? '', statement));
  await page.goto(ORIGIN);
  problems.push(...(await page.evaluate((job) => window.draw(job), job)));
  // Icons come after the first drawing; until then there is an empty box for each.
  await page.waitForFunction(() => document.querySelector('#dashboard [class*="-Icon"]:empty') === null);
  await page.locator('#dashboard').screenshot({ path: picture });
  return problems;
}
