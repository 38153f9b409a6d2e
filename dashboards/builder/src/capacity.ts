// Capacity: is there room, and what is in the way of more?
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { bucketNames, okabeIto, provisioningReasons } from './palette';
import { dashboard, graph, number, orZero, place, quantile, rate, resource, stack, units } from './parts';
import { gauge, rateOf, total } from './series';

const inState = (states: string): string => orZero(`sum(${gauge('instances', ...resource, `state=~"${states}"`)})`);
const refusedSoFar = (reasons: string): string => orZero(`sum(${total('provisioning_failures', ...resource, `reason=~"${reasons}"`)})`);
const refused = (reason: string): string => orZero(`sum(${rate(rateOf('provisioning_failures'), ...resource, `reason="${reason}"`)})`);
const stat = { width: 6, height: 4 };
const half = { width: 12, height: 8 };

export function capacity(): Dashboard {
  return dashboard({
    uid: 'credsim-capacity',
    title: 'credsim: Capacity',
    description: 'Is there room for the users, and what is in the way of more instances?',
    byResource: true,
    panels: [
      number({
        ...stat,
        title: 'Capacity in use',
        description: 'Instances in use as a share of those that serve (available and in use), now.',
        unit: units.share,
        decimals: 1,
        warnFrom: 0.9,
        queries: [{ expression: `(${inState('in_use')}) / ((${inState('available|in_use')}) > 0)`, legend: 'in use' }],
      }),
      number({
        ...stat,
        title: 'Instances pending',
        description: 'Instances that are requested or boot, now.',
        unit: units.count,
        queries: [{ expression: inState('requested|provisioning'), legend: 'pending' }],
      }),
      number({
        ...stat,
        title: 'Refused by quotas so far',
        description: 'Attempts to provision that found AppStream’s quota of the type of instance full, or the Region’s quota of network interfaces, since the run began; each instance tries again.',
        unit: units.count,
        warnFrom: 1,
        queries: [{ expression: refusedSoFar('instance_quota|interface_quota'), legend: 'refused' }],
      }),
      number({
        ...stat,
        title: 'Refused by full subnets so far',
        description: 'Attempts to provision that found no address left in the fleet’s subnets, since the run began; each instance tries again.',
        unit: units.count,
        warnFrom: 1,
        queries: [{ expression: refusedSoFar('subnet_exhausted'), legend: 'refused' }],
      }),
      graph({
        ...half,
        title: 'How much capacity is there, and who uses it?',
        description: 'Instances, stacked. Pending ones are requested or boot.',
        unit: units.count,
        stacked: true,
        queries: [
          { expression: inState('in_use'), legend: 'in use', colour: okabeIto.blue },
          { expression: inState('available'), legend: 'available', colour: okabeIto.green },
          { expression: inState('requested|provisioning'), legend: 'pending', colour: okabeIto.yellow },
        ],
      }),
      graph({
        ...half,
        title: 'How long do sessions wait for an instance?',
        softMax: 1,
        points: 100,
        description: 'From a user’s arrival to the session’s start, of the sessions that started in what a point stands for.',
        unit: units.minutes,
        queries: [
          { expression: quantile(0.5, 'session_wait_seconds'), legend: 'median', colour: okabeIto.blue },
          { expression: quantile(0.99, 'session_wait_seconds'), legend: 'p99', colour: okabeIto.orange },
        ],
      }),
      graph({
        ...half,
        title: 'Which bucket runs dry? Tokens left',
        description: 'Share of the tokens of a full bucket, in the account and Region where fewest are left. At 0 % calls are throttled, or instances wait for their interface, or interfaces to be deleted.',
        unit: units.share,
        max: 1,
        colours: bucketNames,
        queries: [
          {
            expression: `min by (bucket) (${gauge('bucket_tokens', ...place)} / ${gauge('bucket_capacity', ...place)})`,
            legend: '{{bucket}}',
          },
        ],
      }),
      graph({
        ...half,
        title: 'How long does a scale-out wait for interface tokens?',
        softMax: 1,
        points: 100,
        description: 'Wait for a token of ec2.create_network_interface, of the instances that got theirs in what a point stands for.',
        unit: units.minutes,
        queries: [
          { expression: quantile(0.5, 'interface_wait_seconds'), legend: 'median', colour: okabeIto.blue },
          { expression: quantile(0.99, 'interface_wait_seconds'), legend: 'p99', colour: okabeIto.orange },
        ],
      }),
      graph({
        ...half,
        title: 'How many network interfaces of the quota are taken?',
        description: 'Interfaces in use beside the quota, summed over what is chosen. Each instance has one from its provisioning until it is deleted after its end, stopped ones too.',
        unit: units.count,
        queries: [
          { expression: `sum(${gauge('network_interfaces', ...place)})`, legend: 'in use', colour: okabeIto.blue },
          { expression: `sum(${gauge('network_interface_quota', ...place)})`, legend: 'quota', colour: okabeIto.grey, dash: [10, 6] },
        ],
      }),
      graph({
        ...half,
        title: 'Are new instances refused? Attempts per simulated second',
        softMax: 0.1,
        description: 'Attempts to provision that found the quota of the type of instance, that of network interfaces or the subnets full, stacked.',
        unit: units.perSecond,
        stacked: true,
        colours: provisioningReasons,
        queries: stack(provisioningReasons, refused),
      }),
    ],
  });
}
