// The recording rules and the alerts, as YAML.
import { Window, gauge, rateOf, rates, select, speed, windows } from './series';

const header = '# Made by dashboards/builder (./dev dashboards); changes here are lost.\n';

const recordingHeader = `${header}#
# Every rate is of simulated time: a counter's growth in a window of the wall clock, over the simulated time that went by in
# that window. So a run at 60 times real time and one that was backfilled show the same numbers. While a run is paused there is
# no simulated time to divide by, and no sample. The label window_seconds says which window; dashboards take the smallest that
# has data.
#
# No group has an interval: prometheus.yml's evaluation_interval (5s) is for live use, and a backfill says its own
# (record_rates.py --step 60, or promtool tsdb create-blocks-from rules --eval-interval 60s), so one file serves both.
`;

/** Rates stay with the run that they came from, if several are scraped. */
const sameRun = 'on (job, instance) group_left ()';

function recordingRule(record: string, expression: string, window: Window): string {
  return `      - record: ${record}\n        expr: ${expression}\n        labels: {window_seconds: "${window}"}\n`;
}

function recordingGroup(window: Window): string {
  const past = `[${window}s]`;
  const time = `rate(${speed.source}${past})`;
  const rules = [
    recordingRule(speed.record, time, window),
    ...rates.map(({ record, source }) => recordingRule(record, `rate(${source}${past}) / ${sameRun} (${time} > 0)`, window)),
  ];
  return `  - name: credsim_rates_over_${window}s\n    rules:\n${rules.join('')}`;
}

export function recordingRules(): string {
  return `${recordingHeader}groups:\n${windows.map(recordingGroup).join('')}`;
}

interface Alert {
  readonly name: string;
  readonly expression: string;
  readonly lasting: string;
  readonly summary: string;
  readonly description: string;
}

/** Alerts are for live runs; 30 seconds of the wall clock are half an hour at 60 times real time. */
const window: Window = 30;
const recorded = (name: string, ...matchers: string[]): string => select(name, ...matchers, `window_seconds="${window}"`);
const by = (labels: string, expression: string): string => `sum by (${labels}) (${expression})`;

const resource = 'account, region, resource';
const workload = `${resource}, workload`;

const alerts: readonly Alert[] = [
  {
    name: 'CredsimCredentialGapOpen',
    expression:
      `(${by(resource, gauge('instances_without_credential'))} - ${by(resource, gauge('instances', 'state="provisioning"'))})` +
      ` / ${by(resource, gauge('instances', 'state=~"available|in_use"'))} > 0.01`,
    lasting: '5s',
    summary: '{{ $labels.resource }} in {{ $labels.region }}: {{ $value | humanizePercentage }} of the instances that serve have no live credential',
    description:
      'Look at Rotation: are AssumeRole attempts refused, and why? A gap opens where the lead is shorter than an outage and the retries after it: rotate earlier (credentials.lead), spread rotations (credentials.jitter), or mend what refuses them.',
  },
  {
    name: 'CredsimAssumeRoleThrottled',
    expression:
      `${by(resource, recorded(rateOf('assume_role_failures'), 'reason="throttled"'))}` +
      ` / ${by(resource, recorded(rateOf('assume_role_requests')))} > 0.05`,
    lasting: '15s',
    summary: '{{ $labels.resource }} in {{ $labels.region }}: {{ $value | humanizePercentage }} of the AssumeRole attempts are throttled',
    description:
      'Look at Rotation: attempts against the refill rate, and the tokens left. Instances that rotate together ask together: more jitter spreads them; a longer lead gives retries time.',
  },
  {
    name: 'CredsimCallsThrottled',
    expression:
      `${by(workload, recorded(rateOf('api_call_failures'), 'reason="throttled"'))}` +
      ` / ${by(workload, recorded(rateOf('api_calls')))} > 0.05`,
    lasting: '15s',
    summary: '{{ $labels.workload }} of {{ $labels.resource }}: {{ $value | humanizePercentage }} of the calls fail as throttled, after all their retries',
    description:
      'Look at Capacity: which bucket is empty? Call less often, filter DescribeInstances (a bucket of its own, twice as large), spread the calls, or ask for a larger quota.',
  },
  {
    name: 'CredsimNetworkRaceLost',
    expression:
      `${by(workload, recorded(rateOf('api_call_failures'), 'reason="network_unavailable"'))}` +
      ` / ${by(workload, recorded(rateOf('api_calls')))} > 0.01`,
    lasting: '5s',
    summary: '{{ $labels.workload }} of {{ $labels.resource }}: {{ $value | humanizePercentage }} of the calls are lost without a network',
    description:
      'Look at Network race: which way of waiting loses the fewest? The script calls before its interface is ready: let it poll for the network before its first call (wait: poll), and for the profile too.',
  },
  {
    name: 'CredsimSimulatorBehindTarget',
    expression:
      `${gauge('simulation_speed_ratio')} / (${gauge('simulation_target_speed_ratio')} > 0 < +Inf) < 0.9`,
    lasting: '30s',
    summary: 'The run goes at {{ $value | humanizePercentage }} of the speed it was asked for',
    description:
      'Look at Simulator: does the audit queue grow? Then the disk is too slow: record less (--audit failures or aggregate) or elsewhere. Else the processor is: ask for less speed, or for fewer instances.',
  },
];

function alertRule(alert: Alert): string {
  return [
    `      - alert: ${alert.name}`,
    `        expr: ${alert.expression}`,
    `        for: ${alert.lasting}`,
    '        labels: {severity: warning}',
    '        annotations:',
    `          summary: "${alert.summary}"`,
    `          description: "${alert.description}"`,
    '',
  ].join('\n');
}

export function alertRules(): string {
  return `${header}groups:\n  - name: credsim_alerts\n    rules:\n${alerts.map(alertRule).join('')}`;
}
