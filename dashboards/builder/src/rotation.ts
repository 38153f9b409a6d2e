// Rotation: do AssumeRole calls fit, and do credentials overlap or leave gaps?
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { heat } from './heat';
import { colour, dashed, okabeIto, roleReasons, stsBuckets } from './palette';
import { dashboard, graph, orZero, peak, place, rate, resource, units } from './parts';
import { gauge, rateOf } from './series';

const requests = rateOf('assume_role_requests');
const attempts = rate(requests, ...resource);
const refused = rateOf('assume_role_failures');
const issued = rate(rateOf('credentials_issued'), ...resource);
const calls = rate(rateOf('api_calls'), ...resource);
const callAttempts = rate(rateOf('api_call_attempts'), ...resource);
const throttled = 'reason="throttled"';
const sts = 'bucket=~"sts[.].*"';
const half = { width: 12, height: 9 };
const third = { width: 8, height: 8 };

export function rotation(): Dashboard {
  return dashboard({
    uid: 'credsim-rotation',
    title: 'credsim: Rotation',
    description: 'Do AssumeRole calls fit their bucket, and do credentials overlap or leave gaps?',
    byResource: true,
    panels: [
      graph({
        ...half,
        title: 'Do AssumeRole attempts fit? Attempts per simulated second',
        description:
          'Attempts of AppStream’s agents in the busiest window of what a point stands for, beside what STS’s buckets refill, summed over what is chosen: choose one account and Region to see their own limit. These attempts spend from sts.service, which is unlimited where it has no line; sts.account, which scripts spend from, is there to compare.',
        unit: units.requests,
        queries: [
          { expression: peak(requests, ...resource), legend: 'attempts', colour: okabeIto.orange },
          { expression: peak(requests, ...resource, 'outcome="success"'), legend: 'granted', colour: okabeIto.blue },
          { expression: `sum by (bucket) (${gauge('bucket_refill_rate', ...place, sts)})`, legend: 'refill of {{bucket}}' },
        ],
        byName: [
          [/refill of sts.service/, [colour(okabeIto.vermillion)]],
          [/refill of sts.account/, [colour(okabeIto.grey)]],
          [/refill of .*/, [dashed(10, 6)]],
        ],
      }),
      graph({
        ...half,
        title: 'How full are STS’s buckets? Tokens left',
        description: 'Share of the tokens of a full bucket, in the account and Region where fewest are left. At 0 % calls are throttled.',
        unit: units.share,
        max: 1,
        colours: stsBuckets,
        queries: [
          {
            expression: `min by (bucket) (${gauge('bucket_tokens', ...place, sts)} / ${gauge('bucket_capacity', ...place, sts)})`,
            legend: '{{bucket}}',
          },
        ],
      }),
      graph({
        ...third,
        title: 'Why does AssumeRole fail? Per simulated second',
        description: 'Stacked by reason. A reason that lasts is a mistake in the configuration; one that comes and goes is a fault or a herd.',
        unit: units.requests,
        stacked: true,
        sparse: true,
        colours: roleReasons,
        queries: [{ expression: `sum by (reason) (${rate(refused, ...resource)})`, legend: '{{reason}}' }],
      }),
      graph({
        ...third,
        title: 'Throttles per simulated second',
        description: 'AssumeRole attempts that were throttled, and calls of scripts that failed as throttled after their retries.',
        unit: units.requests,
        queries: [
          { expression: orZero(`sum(${rate(refused, ...resource, throttled)})`), legend: 'AssumeRole attempts', colour: okabeIto.orange },
          { expression: orZero(`sum(${rate(rateOf('api_call_failures'), ...resource, throttled)})`), legend: 'calls of scripts', colour: okabeIto.blue },
        ],
      }),
      graph({
        ...third,
        title: 'How far do retries amplify?',
        description: 'AssumeRole attempts for each credential, and attempts for each call of a script; 1 is no retry. No line where there was no success at all.',
        unit: units.times,
        queries: [
          { expression: `sum(${attempts}) / (sum(${issued}) > 0)`, legend: 'AssumeRole attempts a credential', colour: okabeIto.orange },
          { expression: `sum(${callAttempts}) / (sum(${calls}) > 0)`, legend: 'attempts a call', colour: okabeIto.blue },
        ],
      }),
      heat({
        ...third,
        of: 'credential_overlap_seconds',
        title: 'How long do old and new credentials overlap?',
        description: 'Windows in which two credentials were live, by when they opened. The lead and the jitter decide how long they are.',
      }),
      heat({
        ...third,
        of: 'credential_gap_seconds',
        title: 'How long are instances without a credential?',
        description: 'Gaps between two credentials, by when they closed. An empty panel is a good one.',
      }),
      graph({
        ...third,
        title: 'How old is the oldest live credential?',
        description: 'At the lifetime (one hour) somebody’s credential expires before a new one came.',
        unit: units.minutes,
        queries: [{ expression: `max(${gauge('oldest_live_credential_seconds', ...resource)}) / 60`, legend: 'oldest', colour: okabeIto.blue }],
      }),
    ],
  });
}
