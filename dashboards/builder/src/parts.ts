// What the Prometheus dashboards are put together from: variables, annotations, links, and panels with one look.
import { VizLegendOptionsBuilder, VizTooltipOptionsBuilder, ReduceDataOptionsBuilder, StackingConfigBuilder } from '@grafana/grafana-foundation-sdk/common';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as board from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import * as grafana from '@grafana/grafana-foundation-sdk/units';
import { Colours, colour, dashed, okabeIto } from './palette';
import { Histogram, bucketRateOf, buckets, gauge, select, speed } from './series';

export const tag = 'credsim';
export const reviewTag = 'credsim-review';

/** The data source that the reader chose. */
export const source: common.DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

export const place = ['account=~"$account"', 'region=~"$region"'] as const;
export const resource = [...place, 'resource=~"$resource"'] as const;
export const minimalStep = '${window}s';
const inWindow = 'window_seconds="$window"';

/**
 * A recorded rate in the reader's window, averaged over what a point of the panel stands for: a day on a narrow panel has fewer
 * points than windows, and none is left out. No point stands for less than a window (the queries' minimal step).
 */
export function rate(record: string, ...matchers: readonly string[]): string {
  return `avg_over_time(${select(record, ...matchers, inWindow)}[$__interval])`;
}

/** The sum of a recorded rate in the busiest window of those instead: what has to fit under a limit. */
export function peak(record: string, ...matchers: readonly string[]): string {
  return `max_over_time(sum(${select(record, ...matchers, inWindow)})[$__interval:${minimalStep}])`;
}

export const measuredSpeed = rate(speed.record);

/** A sum that is 0 where a run has no such series: one that never grew is not exported. */
export function orZero(sum: string): string {
  return `${sum} or 0 * max(${gauge('simulation_time_seconds')})`;
}

/** Of all that a point stands for, in minutes: axes have round steps in their unit, and 1,000 seconds are 16.7 minutes. */
export function quantile(q: number, name: Histogram): string {
  return `histogram_quantile(${q}, sum by (le) (${rate(bucketRateOf(name), ...resource)})) / 60`;
}

/** Of all that happened since the run began. */
export function quantileSoFar(q: number, name: Histogram): string {
  return `histogram_quantile(${q}, sum by (le) (${buckets(name, ...resource)}))`;
}

export const units = {
  perSecond: 'suffix:/s', // Grafana puts a blank before it
  requests: grafana.RequestsPerSecond,
  events: grafana.EventsPerSecond,
  rows: grafana.RowsPerSecond,
  seconds: grafana.Seconds,
  minutes: grafana.Minutes,
  count: grafana.Short,
  share: grafana.PercentUnit,
  times: 'suffix:×',
} as const;

export interface Query {
  readonly expression: string;
  readonly legend: string;
  readonly colour?: string;
  readonly dash?: readonly number[];
}

/** A query for each of the names, first the one at the bottom: in one query's answer they would come by their alphabet. */
export function stack(names: Colours, expression: (name: string) => string): Query[] {
  return Object.keys(names).map((name) => ({ expression: expression(name), legend: name }));
}

interface Common extends Described {
  readonly queries: readonly Query[];
}

function target(query: Query, index: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(source)
    .editorMode(prometheus.QueryEditorMode.Code)
    .expr(query.expression)
    .legendFormat(query.legend)
    .interval(minimalStep)
    .range();
}

export interface Graph extends Common {
  /** Of lines that labels name. */
  readonly colours?: Colours;
  readonly stacked?: boolean;
  /** Lines that are 0 all the time are left out: of many that could be. */
  readonly sparse?: boolean;
  readonly max?: number;
  /** What the axis reaches to at least: of counts that may be zero all the time, where it would be 100. */
  readonly softMax?: number;
  /** The legend is of names alone: of many lines. */
  readonly plainLegend?: boolean;
  /** At most so many points: of quantiles, so that each has enough behind it. */
  readonly points?: number;
  /** Further properties of the lines whose names match. */
  readonly byName?: ReadonlyArray<readonly [RegExp, readonly board.DynamicConfigValue[]]>;
}

/** What every panel says of itself. */
export interface Described {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly width: number;
  readonly height: number;
}

interface Describable {
  title(title: string): this;
  description(description: string): this;
  datasource(from: common.DataSourceRef): this;
  span(width: number): this;
  height(height: number): this;
  unit(unit: string): this;
}

export function described<Panel extends Describable>(panel: Panel, of: Described, from: common.DataSourceRef): Panel {
  return panel.title(of.title).description(of.description).datasource(from).span(of.width).height(of.height).unit(of.unit);
}

/** Curves as all dashboards draw them. */
export function lines(of: Described & { readonly stacked?: boolean; readonly plainLegend?: boolean }, from: common.DataSourceRef): timeseries.PanelBuilder {
  const panel = described(new timeseries.PanelBuilder(), of, from)
    .min(0)
    .lineWidth(of.stacked ? 0 : 2)
    .fillOpacity(of.stacked ? 75 : 0)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs(of.plainLegend ? [] : ['max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  if (of.stacked) panel.stacking(new StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  return panel;
}

export function graph(of: Graph): timeseries.PanelBuilder {
  const panel = lines(of, source).targets(of.queries.map(target));
  if (of.max !== undefined) panel.max(of.max);
  if (of.softMax !== undefined) panel.axisSoftMax(of.softMax);
  if (of.points !== undefined) panel.maxDataPoints(of.points);
  for (const [name, value] of Object.entries(of.colours ?? {})) panel.overrideByName(name, [colour(value)]);
  for (const query of of.queries) {
    const properties = [...(query.colour ? [colour(query.colour)] : []), ...(query.dash ? [dashed(...query.dash)] : [])];
    if (properties.length > 0) panel.overrideByName(query.legend, properties);
  }
  for (const [pattern, properties] of of.byName ?? []) panel.overrideByRegexp(pattern.toString(), [...properties]);
  if (of.sparse) {
    panel.withOverride({
      matcher: { id: 'byValue', options: { reducer: 'max', op: 'lte', value: 0 } },
      properties: [{ id: 'custom.hideFrom', value: { legend: true, tooltip: true, viz: true } }],
    });
  }
  return panel;
}

export interface Number extends Common {
  /** From here on the number is orange. */
  readonly warnFrom?: number;
  readonly decimals?: number;
  /** Shows the legend instead of the value. */
  readonly named?: boolean;
}

export function number(of: Number): stat.PanelBuilder {
  const steps: board.Threshold[] = [{ value: null, color: okabeIto.sky }];
  if (of.warnFrom !== undefined) steps.push({ value: of.warnFrom, color: okabeIto.orange });
  const panel = described(new stat.PanelBuilder(), of, source)
    .noValue('–')
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(of.named ? common.BigValueGraphMode.None : common.BigValueGraphMode.Area)
    .textMode(of.named ? common.BigValueTextMode.Name : common.BigValueTextMode.Value)
    .colorScheme(new board.FieldColorBuilder().mode(board.FieldColorModeId.Thresholds))
    .thresholds(new board.ThresholdsConfigBuilder().mode(board.ThresholdsMode.Absolute).steps(steps))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .targets(of.queries.map(target));
  if (of.decimals !== undefined) panel.decimals(of.decimals);
  return panel;
}

function variable(name: string, label: string, query: string, description: string): board.QueryVariableBuilder {
  return new board.QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(source)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' }) // the form that Grafana's editor saves
    .definition(query)
    .refresh(board.VariableRefresh.OnTimeRangeChanged);
}

function choice(name: string, matchers: readonly string[]): board.QueryVariableBuilder {
  return variable(name, name, `label_values(${gauge('credentials_live', ...matchers)}, ${name})`, `Only these; All for every ${name}.`)
    .sort(board.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' });
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Whether the reader can choose resources, beside accounts and Regions. */
  readonly byResource: boolean;
  readonly panels: ReadonlyArray<{ id(id: number): { build(): board.Panel } }>;
}

export function link(title: string, to: string, keepTime: boolean): board.DashboardLinkBuilder {
  return new board.DashboardLinkBuilder(title)
    .type(board.DashboardLinkType.Dashboards)
    .tags([to])
    .asDropdown(false)
    .includeVars(keepTime)
    .keepTime(keepTime);
}

export function dashboard(of: Dashboard): board.Dashboard {
  const faults = new board.AnnotationQueryBuilder()
    .name('Faults')
    .datasource(source)
    .enable(true)
    .iconColor(okabeIto.grey) // to be seen on white and on black
    .expr(`${gauge('fault_active')} == 1`)
    .step('5s')
    .titleFormat('{{name}}')
    .textFormat('{{kind}}')
    .tagKeys('kind');
  const builder = new board.DashboardBuilder(of.title)
    .uid(of.uid)
    .description(of.description)
    .tags([tag])
    .editable()
    .timezone('utc')
    .time({ from: 'now-30m', to: 'now' })
    .refresh('5s')
    .tooltip(board.DashboardCursorSync.Crosshair)
    .annotation(faults)
    .link(link('Dashboards', tag, true))
    .link(link('Review', reviewTag, false))
    .withVariable(new board.DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      variable(
        'window',
        'window (s)',
        `label_values(${speed.record}, window_seconds)`,
        'Seconds of the wall clock over which rates are taken; the smallest that has data unless you choose. 5 is 5 simulated minutes at 60 times real time.',
      ).sort(board.VariableSort.NumericalAsc),
    )
    .withVariable(choice('account', []))
    .withVariable(choice('region', place.slice(0, 1)));
  if (of.byResource) builder.withVariable(choice('resource', place));
  of.panels.forEach((panel, index) => builder.withPanel(panel.id(index + 1)));
  return shown(builder.build());
}

/** The SDK hides links and annotations in a menu; here they stand beside the variables. */
export function shown(made: board.Dashboard): board.Dashboard {
  for (const each of [...(made.links ?? []), ...(made.annotations?.list ?? [])]) delete each.placement;
  return made;
}
