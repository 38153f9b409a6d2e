// Writes everything that is made here, or with --check says what differs from it and exits 1.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capacity } from './capacity';
import { fleet } from './fleet';
import { race } from './race';
import { review } from './review';
import { rotation } from './rotation';
import { alertRules, recordingRules } from './rules';
import { simulator } from './simulator';

const folder = join(__dirname, '..', '..');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const made: Readonly<Record<string, string>> = {
  'grafana/fleet.json': json(fleet()),
  'grafana/rotation.json': json(rotation()),
  'grafana/race.json': json(race()),
  'grafana/capacity.json': json(capacity()),
  'grafana/simulator.json': json(simulator()),
  'grafana/review.json': json(review()),
  'prometheus/rules/recording.yml': recordingRules(),
  'prometheus/rules/alerts.yml': alertRules(),
};

function committed(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const check = process.argv.includes('--check');
for (const [name, text] of Object.entries(made)) {
  const path = join(folder, name);
  if (committed(path) === text) continue;
  if (check) {
    console.error(`dashboards/${name} is not what dashboards/builder makes: ./dev dashboards rebuilds it`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote dashboards/${name}`);
  }
}
