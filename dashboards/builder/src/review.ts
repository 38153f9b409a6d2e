// Review of a finished run from its SQLite file, without Prometheus.
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as board from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { Colours, callReasons, colour, okabeIto, outcomes, provisioningReasons, roleReasons, states } from './palette';
import { Described, described, lines, link, reviewTag, shown, tag, units } from './parts';

const source: common.DataSourceRef = { type: 'frser-sqlite-datasource', uid: '${datasource}' };

// The plugin takes a column's type from its first row: what may have a fraction is cast to REAL, or it would lose it.
const start = "(SELECT CAST(strftime('%s', sim_start_utc) AS INTEGER) FROM run WHERE run_id = $run)";
/** Five minutes: of a day that is 288 bars. */
const bin = (column: string): string => `${start} + ${column} / 300000000 * 300`;

interface Panel extends Described {
  readonly sql: string;
}

function query(sql: string, queryType: 'table' | 'time series', timeColumns: readonly string[]) {
  const model = { refId: 'A', datasource: source, rawQueryText: sql, queryText: sql, queryType, timeColumns };
  return { build: () => ({ ...model, _implementsDataqueryVariant: () => {} }) };
}

interface Graph extends Panel {
  readonly colours: Colours;
  readonly bars?: boolean;
  readonly stacked?: boolean;
}

/** The statement gives the columns time, metric and value, by time. Lines come in the order of their colours, and not by alphabet. */
function graph(of: Graph): timeseries.PanelBuilder {
  const panel = lines(of, source)
    .displayName('${__field.labels.metric}')
    .drawStyle(of.bars ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .targets([query(of.sql, 'time series', ['time'])])
    .transformations([{ id: 'organize', options: { indexByName: Object.fromEntries(['time', ...Object.keys(of.colours).map((name) => `value ${name}`)].map((name, index) => [name, index])) } }]);
  // By pattern: the name that is matched has the column's before the label's.
  for (const [name, value] of Object.entries(of.colours)) panel.overrideByRegexp(`/(^|[ "])${name}($|")/`, [colour(value)]);
  return panel;
}

interface Table extends Panel {
  readonly timeColumns?: readonly string[];
  readonly columns?: Readonly<Record<string, board.DynamicConfigValue[]>>;
}

function table(of: Table): TablePanelBuilder {
  const panel = described(new TablePanelBuilder(), of, source).targets([query(of.sql, 'table', of.timeColumns ?? [])]);
  for (const [name, properties] of Object.entries(of.columns ?? {})) panel.overrideByName(name, properties);
  return panel;
}

const unit = (value: string): board.DynamicConfigValue => ({ id: 'unit', value });
const width = (value: number): board.DynamicConfigValue => ({ id: 'custom.width', value });

// A series begins with its first sample that is not zero, so the step before it is as long as the one after.
const samples = `WITH s AS (
  SELECT at_us, labels_json, value, value - lag(value, 1, 0) OVER (PARTITION BY labels_json ORDER BY at_us) AS more,
    coalesce(at_us - lag(at_us) OVER (PARTITION BY labels_json ORDER BY at_us), lead(at_us) OVER (PARTITION BY labels_json ORDER BY at_us) - at_us) AS since_us
  FROM timeseries WHERE run_id = $run AND metric = `;

const gapLengths: Colours = { 'under 1 m': okabeIto.yellow, '1 to 5 m': okabeIto.orange, '5 to 15 m': okabeIto.vermillion, 'over 15 m': okabeIto.purple };
const sessionOutcomes: Colours = {
  completed: okabeIto.blue,
  active: okabeIto.sky,
  waiting: okabeIto.yellow,
  interrupted: okabeIto.purple,
  rejected: okabeIto.vermillion,
};
const half = { width: 12, height: 8 };

const panels: ReadonlyArray<TablePanelBuilder | timeseries.PanelBuilder> = [
  table({
    width: 24,
    height: 4,
    title: 'Which run is this?',
    description: 'Follow the link in its start to see its whole time in the panels below.',
    unit: units.count,
    sql: `SELECT scenario_name AS scenario, CAST(seed AS TEXT) AS seed, replication, status, audit_level AS audit, sim_start_utc AS start,
  sim_duration_us / 1000000 AS duration, CAST(events AS REAL) AS events, CAST(wall_seconds AS REAL) AS took, parameters_json AS changed,
  1000 * ${start} AS from_ms, 1000 * ${start} + sim_duration_us / 1000 AS to_ms
FROM run WHERE run_id = $run`,
    columns: {
      seed: [width(80)],
      replication: [width(100)],
      status: [width(100)],
      audit: [width(90)],
      duration: [width(100), unit(units.seconds)],
      events: [width(90)],
      took: [width(90), unit(units.seconds)],
      start: [
        width(200),
        {
          id: 'links',
          value: [{ title: 'Show this run’s time', url: '/d/credsim-review?${__all_variables}&from=${__data.fields.from_ms}&to=${__data.fields.to_ms}' }],
        },
      ],
      from_ms: [{ id: 'custom.hidden', value: true }],
      to_ms: [{ id: 'custom.hidden', value: true }],
    },
  }),
  table({
    width: 24,
    height: 9,
    title: 'Which limit breaks first?',
    description: 'In the order of the summary: what refused first, then what is nearest to it. The demand of the worst second and minute, and what a minute has room for. Buckets are requests a second; the interface quota, subnets and capacities are instances.',
    unit: units.count,
    timeColumns: ['first refused'],
    sql: `SELECT limit_name AS "limit", CAST(headroom AS REAL) AS headroom, CAST(peak_1s AS REAL) AS "peak 1 s",
  CAST(peak_60s AS REAL) AS "peak 60 s", CAST(capacity_60s AS REAL) AS "of 60 s", refused,
  ${start} + first_refused_us / 1000000 AS "first refused"
FROM limit_headroom WHERE run_id = $run ORDER BY rank`,
    columns: {
      headroom: [width(110), unit(units.share)],
      'peak 1 s': [width(100)],
      'peak 60 s': [width(100)],
      'of 60 s': [width(100)],
      refused: [width(100)],
      'first refused': [width(180)],
    },
  }),
  table({
    width: 24,
    height: 5,
    title: 'Which thresholds hold?',
    description: 'The scenario’s thresholds with what was observed, missed ones first.',
    unit: units.count,
    sql: `SELECT CASE passed WHEN 1 THEN 'holds' ELSE 'missed' END AS verdict, expression AS threshold, CAST(observed AS REAL) AS observed
FROM threshold WHERE run_id = $run ORDER BY passed, expression`,
    columns: {
      observed: [width(120)],
      verdict: [
        width(85),
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
        {
          id: 'mappings',
          value: [{ type: 'value', options: { holds: { color: okabeIto.blue, index: 0 }, missed: { color: okabeIto.vermillion, index: 1 } } }],
        },
      ],
    },
  }),
  graph({
    ...half,
    title: 'How many instances are in each state?',
    description: 'Stacked, at each step of the run’s series.',
    unit: units.count,
    stacked: true,
    colours: states,
    sql: `SELECT ${start} + at_us / 1000000 AS time, labels_json ->> 'state' AS metric, CAST(sum(value) AS REAL) AS value
FROM timeseries WHERE run_id = $run AND metric = 'instances' GROUP BY at_us, 2 ORDER BY at_us`,
  }),
  graph({
    ...half,
    title: 'AssumeRole attempts per simulated second',
    description: 'By outcome, stacked, at each step of the run’s series.',
    unit: units.requests,
    stacked: true,
    colours: outcomes,
    sql: `${samples}'assume_role_requests_total')
SELECT ${start} + at_us / 1000000 AS time, labels_json ->> 'outcome' AS metric, CAST(1000000.0 * sum(more) / max(since_us) AS REAL) AS value
FROM s WHERE since_us > 0 GROUP BY at_us, metric ORDER BY at_us`,
  }),
  graph({
    ...half,
    title: 'What fails, and why? Failures in five minutes',
    description: 'AssumeRole attempts, calls, provisioning and sessions that failed, stacked by reason. Needs an audit of failures.',
    unit: units.count,
    bars: true,
    stacked: true,
    colours: { ...roleReasons, ...callReasons, ...provisioningReasons, insufficient_capacity: okabeIto.grey },
    sql: `SELECT ${bin('at_us')} AS time, reason AS metric, CAST(count(*) AS REAL) AS value
FROM failure WHERE run_id = $run GROUP BY time, reason ORDER BY time`,
  }),
  graph({
    ...half,
    title: 'When do gaps open, and how long do they last? Gaps in five minutes',
    description: 'Times without a live credential between two while the instance runs, by when they opened, stacked by length. Needs an audit of failures.',
    unit: units.count,
    bars: true,
    stacked: true,
    colours: gapLengths,
    sql: `SELECT ${bin('opened_us')} AS time, CASE WHEN duration_us < 60000000 THEN 'under 1 m' WHEN duration_us < 300000000 THEN '1 to 5 m'
  WHEN duration_us < 900000000 THEN '5 to 15 m' ELSE 'over 15 m' END AS metric, CAST(count(*) AS REAL) AS value
FROM credential_gap WHERE run_id = $run AND NOT stopped GROUP BY time, metric ORDER BY time`,
  }),
  graph({
    width: 24,
    height: 7,
    title: 'What became of the users? Sessions in five minutes',
    description: 'Sessions by when they were asked for, stacked by what became of them. Needs a full audit.',
    unit: units.count,
    bars: true,
    stacked: true,
    colours: sessionOutcomes,
    sql: `SELECT ${bin('arrived_us')} AS time, outcome AS metric, CAST(count(*) AS REAL) AS value
FROM session WHERE run_id = $run GROUP BY time, outcome ORDER BY time`,
  }),
  table({
    width: 24,
    height: 9,
    title: 'Who fails most?',
    description: 'Failures by resource, workload and reason, most first, and on how many instances. Needs an audit of failures.',
    unit: units.count,
    timeColumns: ['first', 'last'],
    columns: { failures: [width(110)], instances: [width(110)], first: [width(180)], last: [width(180)] },
    sql: `SELECT resource, coalesce(workload, operation) AS "workload or call", reason, count(*) AS failures, count(DISTINCT instance_id) AS instances,
  ${start} + min(at_us) / 1000000 AS first, ${start} + max(at_us) / 1000000 AS last
FROM failure WHERE run_id = $run GROUP BY resource, 2, reason ORDER BY failures DESC LIMIT 50`,
  }),
  table({
    width: 24,
    height: 9,
    title: 'What does the audit of the configuration say?',
    description: 'Findings of credsim check that were stored with the run; its --help says what each rule is about.',
    unit: units.count,
    sql: `SELECT severity, rule, subject, message, line FROM finding WHERE run_id = $run
ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rule, subject`,
    columns: {
      severity: [width(90)],
      rule: [width(290)],
      subject: [width(260)],
      message: [{ id: 'custom.cellOptions', value: { type: 'auto', wrapText: true } }],
      line: [width(70)],
    },
  }),
];

export function review(): board.Dashboard {
  const runs = "SELECT run_id AS __value, scenario_name || ', replication ' || replication AS __text FROM run ORDER BY run_id";
  const faults = `SELECT ${start} + min(at_us) / 1000000 AS time, ${start} + max(at_us) / 1000000 AS timeEnd,
  labels_json ->> 'name' AS title, labels_json ->> 'kind' AS text
FROM timeseries WHERE run_id = $run AND metric = 'fault_active' AND value = 1 GROUP BY labels_json`;
  const builder = new board.DashboardBuilder('credsim: Review')
    .uid('credsim-review')
    .description('A finished run from its SQLite file: which limit breaks first, what failed, when, and why?')
    .tags([reviewTag])
    .editable()
    .timezone('utc')
    // The day that the shipped scenarios begin; each run's own time is a link in the first panel.
    .time({ from: '2026-01-05T00:00:00.000Z', to: '2026-01-06T12:00:00.000Z' })
    .tooltip(board.DashboardCursorSync.Crosshair)
    .annotation(
      new board.AnnotationQueryBuilder()
        .name('Faults')
        .datasource(source)
        .enable(true)
        .iconColor(okabeIto.grey)
        .target(query(faults, 'table', ['time', 'timeEnd'])),
    )
    .link(link('Dashboards', tag, false))
    .withVariable(new board.DatasourceVariableBuilder('datasource').label('SQLite file').type('frser-sqlite-datasource'))
    .withVariable(
      new board.QueryVariableBuilder('run')
        .label('run')
        .description('A replication of the scenario.')
        .datasource(source)
        .query(runs)
        .definition(runs)
        .refresh(board.VariableRefresh.OnDashboardLoad),
    );
  panels.forEach((panel, index) => builder.withPanel(panel.id(index + 1)));
  return shown(builder.build());
}
