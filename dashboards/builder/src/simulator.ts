// Simulator: does the program itself keep up?
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { auditTables, okabeIto } from './palette';
import { dashboard, graph, measuredSpeed, number, place, rate, units } from './parts';
import { gauge, rateOf } from './series';

const events = `sum(${rate(rateOf('events'), ...place)})`;
const stat = { width: 6, height: 4 };
const half = { width: 12, height: 8 };

export function simulator(): Dashboard {
  return dashboard({
    uid: 'credsim-simulator',
    title: 'credsim: Simulator',
    description: 'Does the program keep up with the speed that was asked for, and what is it busy with?',
    byResource: false,
    panels: [
      number({
        ...stat,
        title: 'Simulated time',
        description: 'Since the scenario’s start.',
        unit: units.seconds,
        queries: [{ expression: `max(${gauge('simulation_time_seconds')})`, legend: 'simulated' }],
      }),
      number({
        ...stat,
        title: 'Speed reached',
        description: 'Of the speed asked for. Below 90 % the run is late. Empty where no speed was asked for, and while paused.',
        unit: units.share,
        queries: [
          { expression: `min(${gauge('simulation_speed_ratio')} / (${gauge('simulation_target_speed_ratio')} > 0 < +Inf))`, legend: 'reached' },
        ],
      }),
      number({
        ...stat,
        title: 'Rows waiting for the database',
        description: 'The audit queue. If it grows, the disk is slower than the run.',
        unit: units.count,
        queries: [{ expression: `sum(${gauge('audit_queue_depth')})`, legend: 'waiting' }],
      }),
      number({
        ...stat,
        title: 'Version',
        description: 'Of the program that runs, or that exported the run.',
        unit: units.count,
        named: true,
        queries: [{ expression: `max by (version) (${gauge('build_info')})`, legend: '{{version}}' }],
      }),
      graph({
        ...half,
        title: 'How fast is simulated time?',
        description: 'Times real time: asked for, said by the program, and measured over the window. A backfilled run is at 1.',
        unit: units.times,
        queries: [
          { expression: `max(${gauge('simulation_target_speed_ratio')} < +Inf)`, legend: 'asked for', colour: okabeIto.grey, dash: [10, 6] },
          { expression: `max(${gauge('simulation_speed_ratio')})`, legend: 'reached', colour: okabeIto.blue },
          { expression: `max(${measuredSpeed})`, legend: 'measured', colour: okabeIto.orange },
        ],
      }),
      graph({
        ...half,
        title: 'Events a second',
        description: 'Model occurrences in a simulated second, and those that the program handled in a second of the wall clock. Of a backfilled run both are the same.',
        unit: units.events,
        queries: [
          { expression: events, legend: 'in a simulated second', colour: okabeIto.blue },
          { expression: `${events} * scalar(max(${measuredSpeed}))`, legend: 'in a second of the wall clock', colour: okabeIto.orange },
        ],
      }),
      graph({
        ...half,
        title: 'Pending events',
        description: 'In the pending event set, over all cells.',
        unit: units.count,
        queries: [{ expression: `sum(${gauge('pending_events', ...place)})`, legend: 'pending', colour: okabeIto.blue }],
      }),
      graph({
        ...half,
        title: 'Rows recorded per simulated second',
        description: 'Rows written to the audit database by table, stacked.',
        unit: units.rows,
        stacked: true,
        colours: auditTables,
        queries: [{ expression: `sum by (table) (${rate(rateOf('audit_rows'))})`, legend: '{{table}}' }],
      }),
    ],
  });
}
