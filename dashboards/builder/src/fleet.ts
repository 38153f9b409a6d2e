// Fleet overview: is the fleet well, and what fails?
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { callReasons, okabeIto, outcomes, sessionStates, states } from './palette';
import { dashboard, graph, number, orZero, rate, resource, stack, units } from './parts';
import { gauge, rateOf, total } from './series';

const calls = rate(rateOf('api_calls'), ...resource);
const failures = rate(rateOf('api_call_failures'), ...resource);
const withoutCredential = `sum(${gauge('instances_without_credential', ...resource)})`;
const booting = orZero(`sum(${gauge('instances', ...resource, 'state="provisioning"')})`);
const live = `sum(${gauge('credentials_live', ...resource)})`;
const stat = { width: 4, height: 4 };
const half = { width: 12, height: 8 };

export function fleet(): Dashboard {
  return dashboard({
    uid: 'credsim-fleet',
    title: 'credsim: Fleet overview',
    description: 'Is the fleet well, and what fails?',
    byResource: true,
    panels: [
      number({
        ...stat,
        title: 'Instances that serve',
        description: 'Instances that are available or in use, now.',
        unit: units.count,
        queries: [{ expression: `sum(${gauge('instances', ...resource, 'state=~"available|in_use"')})`, legend: 'serving' }],
      }),
      number({
        ...stat,
        title: 'Credentials live',
        description: 'Unexpired credentials. Where rotations overlap there are more than instances.',
        unit: units.count,
        queries: [{ expression: live, legend: 'live' }],
      }),
      number({
        ...stat,
        title: 'Without credential',
        description: 'Available or in use, but without an unexpired credential: in a gap, or just booted.',
        unit: units.count,
        warnFrom: 1,
        queries: [{ expression: `clamp_min(${withoutCredential} - (${booting}), 0)`, legend: 'without' }],
      }),
      number({
        ...stat,
        title: 'Calls that fail',
        description: 'Share of the scripts’ calls in the window that failed after all their retries.',
        unit: units.share,
        decimals: 2,
        warnFrom: 0.01,
        queries: [{ expression: `(${orZero(`sum(${failures})`)}) / (sum(${calls}) > 0)`, legend: 'failed' }],
      }),
      number({
        ...stat,
        title: 'Sessions waiting',
        description: 'Users who wait for an instance, now.',
        unit: units.count,
        warnFrom: 1,
        queries: [{ expression: orZero(`sum(${gauge('sessions', ...resource, 'state="waiting"')})`), legend: 'waiting' }],
      }),
      number({
        ...stat,
        title: 'Sessions rejected',
        description: 'Users who waited in vain, since the run began.',
        unit: units.count,
        warnFrom: 1,
        queries: [{ expression: orZero(`sum(${total('sessions_rejected', ...resource)})`), legend: 'rejected' }],
      }),
      graph({
        ...half,
        title: 'How many instances are in each state?',
        description: 'Stacked. Requested ones wait for an interface or an address, provisioning ones boot.',
        unit: units.count,
        stacked: true,
        sparse: true,
        colours: states,
        queries: stack(states, (state) => `sum(${gauge('instances', ...resource, `state="${state}"`)})`),
      }),
      graph({
        ...half,
        title: 'How many credentials are live, and how many instances have none?',
        description: 'A bump of the live ones is an overlap of old and new. Instances without one are booting, or in a gap.',
        unit: units.count,
        queries: [
          { expression: live, legend: 'credentials live', colour: okabeIto.blue },
          { expression: withoutCredential, legend: 'instances without', colour: okabeIto.vermillion },
        ],
      }),
      graph({
        ...half,
        title: 'API calls per simulated second',
        description: 'Calls of the instances’ scripts by their outcome after all retries.',
        unit: units.requests,
        stacked: true,
        colours: outcomes,
        queries: stack(outcomes, (outcome) => `sum(${rate(rateOf('api_calls'), ...resource, `outcome="${outcome}"`)})`),
      }),
      graph({
        ...half,
        title: 'Why do calls fail? Failures per simulated second',
        description: 'Stacked by the reason of the last attempt. Network race and Rotation show what is behind network_unavailable and expired_token.',
        unit: units.requests,
        stacked: true,
        sparse: true,
        colours: callReasons,
        queries: [{ expression: `sum by (reason) (${failures})`, legend: '{{reason}}' }],
      }),
      graph({
        ...half,
        title: 'How many sessions are active or waiting?',
        description: 'Stacked. Who waits longer than the fleet’s limit is rejected.',
        unit: units.count,
        stacked: true,
        colours: sessionStates,
        queries: stack(sessionStates, (state) => `sum(${gauge('sessions', ...resource, `state="${state}"`)})`),
      }),
      graph({
        ...half,
        title: 'Sessions rejected per simulated second',
        softMax: 0.1,
        description: 'Users turned away because no instance came free in time.',
        unit: units.perSecond,
        queries: [{ expression: orZero(`sum(${rate(rateOf('sessions_rejected'), ...resource)})`), legend: 'rejected', colour: okabeIto.vermillion }],
      }),
    ],
  });
}
