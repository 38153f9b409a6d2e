// Draws dashboards as Grafana shows them, by Grafana's own components in a Chromium: one picture each.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { withBrowser } from './browser';
import { Dashboard, Job } from './job';
import { timesOf } from './sources';

const SHIPPED = join(__dirname, '../../grafana');
const HELP = `usage: ./dev draw [OPTION...] [DASHBOARD...]
  ./dev draw --from 1767600000 --to 1767686400 --out pictures fleet rotation
  ./dev draw --db quickstart.db --out pictures

Draws the named dashboards, or all, of a Prometheus; with --db the dashboard review, of a run's database.

  --url URL            where Prometheus is (http://127.0.0.1:9090)
  --from, --to SECONDS the time range, in seconds since 1970
  --window SECONDS     of the rates; the smallest that has data unless given
  --db FILE            a run's database
  --run N              which run of the database (1)
  --theme dark|light   (dark)
  --out FOLDER         where pictures go (.)
  --check              exit 1 if something is wrong: a panel without data, a name that Grafana does not know
  --dashboards FOLDER  of dashboards to draw instead of those shipped
  --chromium PROGRAM   (chromium, by its usual path)
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:9090' },
    from: { type: 'string' },
    to: { type: 'string' },
    window: { type: 'string' },
    db: { type: 'string' },
    run: { type: 'string', default: '1' },
    theme: { type: 'string', default: 'dark' },
    out: { type: 'string', default: '.' },
    check: { type: 'boolean', default: false },
    dashboards: { type: 'string', default: SHIPPED },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** What it says, without where in the browser it was thrown. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\n[^]*|^page\.evaluate: (\w*Error: )?/g, '');
}

async function main(): Promise<void> {
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const { db, theme } = options;
  if (theme !== 'dark' && theme !== 'light') throw new Error(`--theme is dark or light, not ${theme}`);
  const ofPrometheus = readdirSync(options.dashboards ?? SHIPPED)
    .filter((name) => name.endsWith('.json') && name !== 'review.json')
    .map((name) => basename(name, '.json'));
  const wanted = db ? ['review'] : positionals.length > 0 ? positionals : ofPrometheus;
  for (const name of wanted) if (!db && !ofPrometheus.includes(name)) throw new Error(`no dashboard "${name}"; there are ${ofPrometheus.join(', ')}`);
  const { from, to } = db ? await timesOf(db, options.run ?? '1') : { from: Number(options.from), to: Number(options.to) };
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw new Error('--from and --to, or --db');
  const chosen: Record<string, string> = { ...(db ? { run: options.run ?? '1' } : {}), ...(options.window ? { window: options.window } : {}) };
  const out = options.out ?? '.';
  mkdirSync(out, { recursive: true });

  await withBrowser(options.chromium ?? '', { url: options.url?.replace(/\/$/, ''), database: db }, async (draw) => {
    for (const name of wanted) {
      const dashboard = JSON.parse(readFileSync(join(options.dashboards ?? SHIPPED, `${name}.json`), 'utf8')) as Dashboard;
      const job: Job = { dashboard, theme, from, to, chosen, complete: options.check ?? false };
      const picture = join(out, `${name}.png`);
      try {
        const problems = await draw(job, picture);
        for (const problem of problems) console.error(`${name}: ${problem}`);
        if (options.check && problems.length > 0) process.exitCode = 1;
        console.log(picture);
      } catch (error) {
        console.error(`${name}: ${messageOf(error)}`);
        process.exitCode = 1;
      }
    }
  });
}

main().catch((error: unknown) => {
  console.error(`draw: ${messageOf(error)}`);
  process.exitCode = 1;
});
