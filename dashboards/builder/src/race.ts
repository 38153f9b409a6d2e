// Network race: what is there first, the network interface or the script that needs it?
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { colour, dashed, dotted, okabeIto, retryModes, waits } from './palette';
import { dashboard, graph, number, orZero, quantile, quantileSoFar, rate, resource, units } from './parts';
import { bucketRateOf, gauge, rateOf, total } from './series';
import { table } from './table';

const lost = 'reason="network_unavailable"';
const missing = 'network="missing"';
const workload = 'on (account, region, resource, workload)';
const ways = 'wait, retry_mode';
const lostSoFar = orZero(`sum(${total('api_call_failures', ...resource, lost)})`);
const callsSoFar = `sum(${total('api_calls', ...resource)})`;

const range = '[$__range]';
const info = `last_over_time(${gauge('workload_info', ...resource)}${range})`;
const described = 'resource, workload, wait, retry_mode, credentials';
/** A row for each workload, with the counts at the end of the time range. */
function ofWorkloads(counts: string): string {
  return `sum by (${described}) (sum by (account, region, resource, workload) (${counts}) * ${workload} group_left (${ways}, credentials) ${info})`;
}
const calls = ofWorkloads(`last_over_time(${total('api_calls', ...resource)}${range})`);
const firstCalls = ofWorkloads(`last_over_time(${total('first_calls', ...resource)}${range})`);
const raced = ofWorkloads(`last_over_time(${total('first_calls', ...resource, missing)}${range})`);
const losses = ofWorkloads(`last_over_time(${total('api_call_failures', ...resource, lost)}${range})`);

const stat = { width: 6, height: 4 };

export function race(): Dashboard {
  return dashboard({
    uid: 'credsim-race',
    title: 'credsim: Network race',
    description: 'What is there first: the network interface, the credential, or the script that needs both?',
    byResource: true,
    panels: [
      number({
        ...stat,
        title: 'First calls without a network',
        description: 'Share of the workloads’ first calls on an instance that met no network: the race itself, since the run began.',
        unit: units.share,
        decimals: 2,
        warnFrom: 0.01,
        queries: [{ expression: `(${orZero(`sum(${total('first_calls', ...resource, missing)})`)}) / (sum(${total('first_calls', ...resource)}) > 0)`, legend: 'lost' }],
      }),
      number({
        ...stat,
        title: 'Calls lost without a network',
        description: 'Share of all calls that failed as network_unavailable after all their retries, since the run began.',
        unit: units.share,
        decimals: 2,
        warnFrom: 0.01,
        queries: [{ expression: `(${lostSoFar}) / (${callsSoFar} > 0)`, legend: 'lost' }],
      }),
      number({
        ...stat,
        title: 'Network ready for 99 % after',
        description: 'From provisioning to an available interface, of all instances since the run began.',
        unit: units.seconds,
        queries: [{ expression: quantileSoFar(0.99, 'network_ready_seconds'), legend: 'p99' }],
      }),
      number({
        ...stat,
        title: 'First credential for 99 % after',
        description: 'From provisioning to the first credential, of all instances since the run began.',
        unit: units.seconds,
        queries: [{ expression: quantileSoFar(0.99, 'first_credential_seconds'), legend: 'p99' }],
      }),
      graph({
        width: 12,
        height: 8,
        title: 'Which is first, the network or the credential?',
        points: 100,
        description:
          'Minutes from provisioning, of the instances that got there in what a point stands for. Where the credential is first, a script that waits for its profile alone calls without a network.',
        unit: units.minutes,
        queries: [
          { expression: quantile(0.5, 'network_ready_seconds'), legend: 'network, median', colour: okabeIto.sky },
          { expression: quantile(0.99, 'network_ready_seconds'), legend: 'network, p99', colour: okabeIto.sky, dash: [8, 5] },
          { expression: quantile(0.5, 'first_credential_seconds'), legend: 'credential, median', colour: okabeIto.orange },
          { expression: quantile(0.99, 'first_credential_seconds'), legend: 'credential, p99', colour: okabeIto.orange, dash: [8, 5] },
        ],
      }),
      graph({
        width: 12,
        height: 8,
        title: 'Is the network there for first calls? Per simulated second',
        description:
          'Networks that become ready against the workloads’ first calls on an instance. First calls that come before the networks, or with them, meet none; scripts that start with a session come later.',
        unit: units.perSecond,
        queries: [
          { expression: `sum(${rate(bucketRateOf('network_ready_seconds'), ...resource, 'le="+Inf"')})`, legend: 'networks ready', colour: okabeIto.sky },
          { expression: `sum(${rate(rateOf('first_calls'), ...resource, 'network="ready"')})`, legend: 'first calls with a network', colour: okabeIto.green },
          { expression: `sum(${rate(rateOf('first_calls'), ...resource, missing)})`, legend: 'first calls without', colour: okabeIto.vermillion },
        ],
      }),
      graph({
        width: 12,
        height: 8,
        sparse: true,
        title: 'Who is too early? First calls per simulated second',
        description: 'The workloads’ first calls on an instance that met no network, by how the script waits: none, fixed (a sleep) or poll (until the network is there).',
        unit: units.requests,
        colours: waits,
        queries: [
          {
            expression: `sum by (wait) (${rate(rateOf('first_calls'), ...resource, missing)} * ${workload} group_left (wait) ${gauge('workload_info', ...resource)})`,
            legend: '{{wait}}',
          },
        ],
      }),
      graph({
        width: 12,
        height: 8,
        sparse: true,
        plainLegend: true,
        title: 'Who loses? Calls lost per simulated second',
        description: 'Calls that failed for lack of a network after all their retries, by how the script waits (none: not at all; fixed: a sleep, dashed; poll: until the network is there, dotted) and which retry mode its client has.',
        unit: units.requests,
        queries: [
          {
            expression: `sum by (${ways}) (${rate(rateOf('api_call_failures'), ...resource, lost)} * ${workload} group_left (${ways}) ${gauge('workload_info', ...resource)})`,
            legend: 'wait {{wait}}, retry {{retry_mode}}',
          },
        ],
        byName: [
          ...Object.entries(retryModes).map(([mode, value]) => [new RegExp(`.*, retry ${mode}$`), [colour(value)]] as const),
          [/wait fixed, .*/, [dashed(10, 6)]],
          [/wait poll, .*/, [dotted(6)]],
        ],
      }),
      table({
        width: 24,
        height: 12,
        title: 'Which workloads lose calls, and how do they wait?',
        description: 'Each workload with its way of waiting, retrying and holding credentials, how often its first call met no network, and what it lost for lack of one, up to the end of the time range.',
        unit: units.count,
        columns: ['Resource', 'Workload', 'Wait', 'Retry mode', 'Credentials'],
        labels: ['resource', 'workload', 'wait', 'retry_mode', 'credentials'],
        values: [
          { expression: `${raced} / ${firstCalls} or 0 * ${firstCalls}`, name: 'First without network', unit: units.share },
          { expression: calls, name: 'Calls' },
          { expression: `${losses} or 0 * ${calls}`, name: 'Lost' },
          { expression: `${losses} / ${calls} or 0 * ${calls}`, name: 'Share lost', unit: units.share },
        ],
        sortBy: 'Share lost',
        widths: { Wait: 90, 'Retry mode': 150, Credentials: 130, 'First without network': 205, Calls: 100, Lost: 100, 'Share lost': 130 },
      }),
    ],
  });
}

