// What is measured, and how rates are named. Panels, recording rules and alerts take every name from here, so that a name that
// does not exist does not compile; that each of these exists in include/credsim/metric.hpp is tested by tests/dashboards.

/** Counters whose rates are recorded: the metric without `credsim_` and `_total`. */
const counters = [
  'assume_role_requests',
  'assume_role_failures',
  'credentials_issued',
  'provisioning_failures',
  'api_calls',
  'api_call_attempts',
  'api_call_failures',
  'first_calls',
  'sessions_rejected',
  'events',
  'audit_rows',
] as const;

/** Histograms whose buckets' rates are recorded: the metric without `credsim_`. */
const histograms = [
  'credential_overlap_seconds',
  'credential_gap_seconds',
  'first_credential_seconds',
  'network_ready_seconds',
  'interface_wait_seconds',
  'session_wait_seconds',
] as const;

export type Counter = (typeof counters)[number];
export type Histogram = (typeof histograms)[number];

export type Gauge =
  | 'audit_queue_depth'
  | 'bucket_capacity'
  | 'bucket_refill_rate'
  | 'bucket_tokens'
  | 'build_info'
  | 'credentials_live'
  | 'fault_active'
  | 'instances'
  | 'instances_without_credential'
  | 'network_interface_quota'
  | 'network_interfaces'
  | 'oldest_live_credential_seconds'
  | 'pending_events'
  | 'sessions'
  | 'simulation_speed_ratio'
  | 'simulation_target_speed_ratio'
  | 'simulation_time_seconds'
  | 'workload_info';

/**
 * Windows of the wall clock over which rates are taken, in seconds. 5 is for a live run (5 simulated minutes at 60 times real
 * time), 120 for a backfilled one with a sample a minute, 30 and 600 are smoother ones for either.
 */
export const windows = [5, 30, 120, 600] as const;
export type Window = (typeof windows)[number];

export interface Rate {
  readonly record: string;
  readonly source: string;
}

/** Every rate that is recorded: the one list behind rules and panels. */
export const rates: readonly Rate[] = [
  ...counters.map((name) => ({ record: rateOf(name), source: `credsim_${name}_total` })),
  ...histograms.map((name) => ({ record: bucketRateOf(name), source: `credsim_${name}_bucket` })),
];

/** The one rate that is taken of the wall clock: simulated seconds in a second, measured. */
export const speed: Rate = { record: 'credsim:simulation_time_seconds:rate', source: 'credsim_simulation_time_seconds' };

export function rateOf(name: Counter): string {
  return `credsim:${name}:sim_rate`;
}

export function bucketRateOf(name: Histogram): string {
  return `credsim:${name}_bucket:sim_rate`;
}

/** `name{matcher, …}`, or the name alone. */
export function select(name: string, ...matchers: readonly string[]): string {
  return matchers.length === 0 ? name : `${name}{${matchers.join(', ')}}`;
}

export function gauge(name: Gauge, ...matchers: readonly string[]): string {
  return select(`credsim_${name}`, ...matchers);
}

/** What has been counted since the run began. */
export function total(name: Counter, ...matchers: readonly string[]): string {
  return select(`credsim_${name}_total`, ...matchers);
}

/** The cumulative buckets of all since the run began. */
export function buckets(name: Histogram, ...matchers: readonly string[]): string {
  return select(`credsim_${name}_bucket`, ...matchers);
}
