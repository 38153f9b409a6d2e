// Where the program gets data for the page: a Prometheus' API, or a run's database through sqlite3.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LARGEST_ANSWER = 1 << 28;

export async function askPrometheus(url: string, path: string, parameters: ReadonlyArray<readonly [string, string]>): Promise<unknown> {
  const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
  const answer = await fetch(`${url}${path}?${query}`).catch(() => {
    throw new Error(`no Prometheus answers at ${url}`);
  });
  const body = (await answer.json()) as { status: string; data?: unknown; error?: string };
  if (body.status !== 'success') throw new Error(`Prometheus: ${body.error}`);
  return body.data;
}

export async function askDatabase(path: string, statement: string): Promise<unknown[]> {
  const { stdout } = await promisify(execFile)('sqlite3', ['-readonly', '-json', path, statement], { maxBuffer: LARGEST_ANSWER });
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as unknown[]);
}

/** When a run began and how long it took, in seconds. */
export async function timesOf(path: string, run: string): Promise<{ from: number; to: number }> {
  const statement = `SELECT CAST(strftime('%s', sim_start_utc) AS INTEGER) AS begin, sim_duration_us / 1000000 AS length FROM run WHERE run_id = ${Number(run)}`;
  const row = (await askDatabase(path, statement))[0] as { begin: number; length: number } | undefined;
  if (!row) throw new Error(`${path} has no run ${run}`);
  return { from: row.begin, to: row.begin + row.length };
}
