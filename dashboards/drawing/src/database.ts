// Rows of a run's database as the frames that the SQLite plugin makes of them.
import { DataFrame, Field, FieldType } from '@grafana/data';
import { Row } from './asking';
import { Panel, Target } from './job';
import { Values, putIn } from './variables';

export async function framesOfRows(panel: Panel, values: Values): Promise<DataFrame[]> {
  return Promise.all(
    panel.targets.map(async (target) => {
      const rows = await window.askDatabase(putIn(target.rawQueryText ?? '', values));
      return target.queryType === 'time series' ? seriesOf(target, rows) : tableOf(target, rows);
    }),
  );
}

/** Columns; of what type each is, its first row says. */
function tableOf(target: Target, rows: readonly Row[]): DataFrame {
  const fields = Object.keys(rows[0] ?? {}).map((name): Field => {
    const values = rows.map((row) => row[name] ?? null);
    const first = values.find((value) => value !== null);
    if (target.timeColumns?.includes(name)) return { name, config: {}, type: FieldType.time, values: values.map((value) => (value === null ? null : Number(value) * 1000)) };
    return { name, config: {}, type: typeof first === 'number' ? FieldType.number : FieldType.string, values };
  });
  return { refId: target.refId, fields, length: rows.length };
}

/** Rows of time, metric and value: a field for each metric, empty where it has no row. */
function seriesOf(target: Target, rows: readonly Row[]): DataFrame {
  const times = [...new Set(rows.map((row) => Number(row['time'])))];
  const places = new Map(times.map((time, index) => [time, index]));
  const byMetric = new Map<string, Array<number | null>>();
  for (const row of rows) {
    const metric = String(row['metric']);
    const values = byMetric.get(metric) ?? Array<number | null>(times.length).fill(null);
    byMetric.set(metric, values);
    values[places.get(Number(row['time'])) ?? 0] = row['value'] === null ? null : Number(row['value']);
  }
  const fields: Field[] = [{ name: 'time', config: {}, type: FieldType.time, values: times.map((time) => time * 1000) }];
  for (const metric of [...byMetric.keys()].sort()) {
    fields.push({ name: 'value', config: {}, type: FieldType.number, labels: { metric }, values: byMetric.get(metric) ?? [] });
  }
  return { refId: target.refId, fields, length: times.length };
}
