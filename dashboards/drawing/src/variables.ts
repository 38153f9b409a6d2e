// A dashboard's variables: their values by its own queries, and texts with the values put in.
import { Job, Variable } from './job';

export type Values = Readonly<Record<string, string>>;

/** `$name` and `${name}` by their values; what has none stays. */
export function putIn(text: string, values: Values): string {
  return text.replace(/\$(\w+)|\$\{(\w+)\}/g, (all, bare?: string, braced?: string) => values[bare ?? braced ?? ''] ?? all);
}

export async function valuesOf(job: Job): Promise<Values> {
  const values: Record<string, string> = {};
  for (const variable of job.dashboard.templating.list) {
    if (variable.type !== 'query') continue;
    values[variable.name] = job.chosen[variable.name] ?? variable.allValue ?? (await firstOf(variable, job, values));
  }
  return values;
}

/** What Grafana chooses for the reader: the first value. */
async function firstOf(variable: Variable, job: Job, values: Values): Promise<string> {
  const question = putIn(variable.definition ?? '', values);
  const ofLabel = /^label_values\((.*), (\w+)\)$/.exec(question);
  let found: string[];
  if (ofLabel) {
    const [, selector = '', label = ''] = ofLabel;
    found = (await window.askPrometheus(`/api/v1/label/${label}/values`, [['match[]', selector], ['start', String(job.from)], ['end', String(job.to)]])) as string[];
  } else {
    found = (await window.askDatabase(question)).map((row) => String(row['__value']));
  }
  if (variable.sort === 3) found.sort((one, other) => Number(one) - Number(other));
  if (found[0] === undefined) throw new Error(`the variable ${variable.name} has no value`);
  return found[0];
}
