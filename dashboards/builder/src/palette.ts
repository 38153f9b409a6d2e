// Colours that everybody can tell apart: Okabe and Ito's eight. What has a name of its own has its colour everywhere.
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';

export const okabeIto = {
  orange: '#E69F00',
  sky: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  purple: '#CC79A7',
  grey: '#999999',
} as const;

export type Colours = Readonly<Record<string, string>>;

/** Most urgent at the top of a stack: what serves is at its bottom. */
export const states: Colours = {
  in_use: okabeIto.blue,
  available: okabeIto.green,
  provisioning: okabeIto.yellow,
  requested: okabeIto.orange,
  stopped: okabeIto.grey,
};

export const outcomes: Colours = { success: okabeIto.blue, failure: okabeIto.vermillion };

export const sessionStates: Colours = { active: okabeIto.blue, waiting: okabeIto.orange };

const refusals: Colours = { service_unavailable: okabeIto.vermillion, throttled: okabeIto.orange };

/** Of AssumeRole. */
export const roleReasons: Colours = {
  ...refusals,
  trust_policy_denies: okabeIto.purple,
  role_not_found: okabeIto.blue,
  role_in_other_account: okabeIto.sky,
  service_role: okabeIto.green,
  agent_too_old: okabeIto.yellow,
};

/** Of scripts' calls: two more than there are colours, so those that are faults of the set-up are darker. */
export const callReasons: Colours = {
  ...refusals,
  network_unavailable: okabeIto.sky,
  no_credentials: okabeIto.blue,
  expired_token: okabeIto.purple,
  refresh_failed: okabeIto.yellow,
  clock_skewed: '#004D40',
  access_denied: okabeIto.green,
  profile_not_specified: okabeIto.grey,
  client_too_old: '#6B4423',
};

export const provisioningReasons: Colours = {
  instance_quota: okabeIto.vermillion,
  interface_quota: okabeIto.orange,
  subnet_exhausted: okabeIto.sky,
};

export const stsBuckets: Colours = { 'sts.service': okabeIto.vermillion, 'sts.account': okabeIto.orange };

export const bucketNames: Colours = {
  ...stsBuckets,
  'ec2.describe_instances': okabeIto.blue,
  'ec2.describe_instances_filtered': okabeIto.sky,
  'ec2.create_network_interface': okabeIto.green,
  'ec2.delete_network_interface': okabeIto.yellow,
};

export const auditTables: Colours = {
  instance: okabeIto.blue,
  credential: okabeIto.green,
  gap: okabeIto.orange,
  failure: okabeIto.vermillion,
  session: okabeIto.purple,
  sample: okabeIto.grey,
};

export const retryModes: Colours = {
  none: okabeIto.vermillion,
  legacy: okabeIto.orange,
  standard: okabeIto.blue,
  standard_2026: okabeIto.sky,
  adaptive: okabeIto.green,
  adaptive_2026: okabeIto.purple,
};

export const waits: Colours = { none: okabeIto.vermillion, fixed: okabeIto.orange, poll: okabeIto.blue };

export function colour(value: string): DynamicConfigValue {
  return { id: 'color', value: { mode: 'fixed', fixedColor: value } };
}

export function dashed(...lengths: number[]): DynamicConfigValue {
  return { id: 'custom.lineStyle', value: { fill: 'dash', dash: lengths } };
}

export function dotted(gap: number): DynamicConfigValue {
  return { id: 'custom.lineStyle', value: { fill: 'dot', dash: [0, gap] } };
}
