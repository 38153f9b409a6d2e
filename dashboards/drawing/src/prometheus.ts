// A Prometheus' answers as the frames that Grafana's server makes of them; its own library does the rest.
import { DataFrame, DataFrameType, DataQueryRequest, DateTime, FieldType, TimeRange, dateTime, rangeUtil } from '@grafana/data';
import { PromQuery, transformV2 } from '@grafana/prometheus';
import { Labels, Sample, Series, askSeries } from './asking';
import { Panel, Target } from './job';
import { Values, putIn } from './variables';

/** Seconds that a point stands for, as Grafana chooses them for so many pixels. */
export function stepOf(range: TimeRange, points: number, least: string): number {
  return rangeUtil.calculateInterval(range, points, least).intervalMs / 1000;
}

export function rangeOf(from: number, to: number): TimeRange {
  const at = (seconds: number): DateTime => dateTime(seconds * 1000);
  return { from: at(from), to: at(to), raw: { from: at(from), to: at(to) } };
}

export async function framesOf(panel: Panel, range: TimeRange, pixels: number, values: Values): Promise<DataFrame[]> {
  const found = await Promise.all(panel.targets.map((target) => answerOf(target, range, panel.maxDataPoints ?? pixels, values)));
  const request = { targets: panel.targets } as unknown as DataQueryRequest<PromQuery>;
  return transformV2({ data: found.flat() }, request, {}).data as DataFrame[];
}

async function answerOf(target: Target, range: TimeRange, points: number, values: Values): Promise<DataFrame[]> {
  const [from, to] = [range.from.valueOf() / 1000, range.to.valueOf() / 1000];
  const step = stepOf(range, points, putIn(target.interval ?? '1s', values));
  const expression = putIn(target.expr ?? '', { ...values, __interval: `${step}s`, __range: `${Math.round(to - from)}s` });
  // Steps are whole ones of the clock, so that a dashboard that is asked again shows the same points.
  const series = target.instant ? await askSeries(expression, from, to) : await askSeries(expression, Math.floor(from / step) * step, to, step);
  return series.map((each) => frameOf(target, each, step));
}

function frameOf(target: Target, series: Series, step: number): DataFrame {
  const samples: readonly Sample[] = series.values ?? (series.value ? [series.value] : []);
  const name = legendOf(target.legendFormat ?? '', series.metric);
  return {
    refId: target.refId,
    name,
    length: samples.length,
    meta: { type: DataFrameType.TimeSeriesMulti, custom: { resultType: series.values ? 'matrix' : 'vector' } },
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: step * 1000 }, values: samples.map(([at]) => at * 1000) },
      { name: 'Value', type: FieldType.number, config: { displayNameFromDS: name }, labels: { ...series.metric }, values: samples.map(([, value]) => numberOf(value)) },
    ],
  };
}

const numberOf = (text: string): number => (text.endsWith('Inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text));

/** Without a format, a series is called by all of its labels. */
export function legendOf(format: string, labels: Labels): string {
  if (format === '') return `{${Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
}
