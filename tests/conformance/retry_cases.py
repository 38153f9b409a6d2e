"""Cases of chance: how often each retry mode tries, how long it sleeps, and what is lost all the same."""

import collections

import jobs
import simulation
import verdict
from jobs import WAIT, compared, workload
from simulation import MINUTE

SECOND = 1_000_000
BUCKET = {"rate": 10, "burst": 15}


def modes_of(client):
    """(credsim's mode, or None for the default of the client's version; what a job says)"""
    if client.tool == "javascript":
        return [(None, {}), ("adaptive_2026", {"retry_mode": "adaptive"})]
    modes = [("legacy", {"retry_mode": "legacy"})]
    if client.standard_2026 != {}:
        modes += [("standard", {"retry_mode": "standard"}), ("adaptive", {"retry_mode": "adaptive"})]
    if client.standard_2026 is not None:
        modes += [(f"{mode}_2026", {"retry_mode": mode, "environment": client.standard_2026}) for mode in ("standard", "adaptive")]
    return modes


def error_shares(client, program, folder, size):
    """The service fails a share of the attempts; a hundred calls of a long-lived client are a sample."""
    cases = [(share, *mode) for share in size.shares for mode in modes_of(client) if mode[0] in size.modes or not size.modes]
    if client.tool != "javascript":
        cases.append((50, None, {}))
    for share, mode, said in cases:
        case = f"{share} % errors, {mode or 'default mode'}"
        fault = {"name": "errors", "kind": "service_outage", "service": "s3", "share": share / 100, "at": "0s"}
        described = simulation.scenario(f"errors-{share}-{mode}", workload(client, "s3:GetObject", **retry(mode)),
                                        duration="112m", credentials={"lifetime": "12h"}, faults=[fault])

        def compare(run, case=case, said=said, share=share):
            instances = [instance for which in run.runs for instance in run.instances(which)]
            answers = client.drive(jobs.job(instances, 112 * MINUTE, error_share=share / 100, **said))
            return samples_compared(case, run, [answer["calls"] for answer in answers])

        yield from compared(case, program, folder, described, compare, size.samples)


def herd(client, program, folder, size):
    """Forty clients call DescribeInstances in one instant; such a herd is a sample."""
    for mode, said in modes_of(client):
        if size.modes and mode not in size.modes:
            continue
        case = f"herd, {mode or 'default mode'}"
        script = workload(client, **retry(mode), calls={"action": "ec2:DescribeInstances", "once": "1m"})
        described = simulation.scenario(f"herd-{mode}", script, instances=40, duration="30m", provisioning={"boot": "10m"},
                                        bucket={"rate": f"{BUCKET['rate']}/s", "burst": BUCKET["burst"]})

        def compare(run, case=case, said=said):
            calls = []
            for which in run.runs:
                asked = jobs.job_of_one_call(run.instances(which), bucket=BUCKET, **said)
                calls.append([answer["calls"][0] for answer in client.drive({**asked, "service": "ec2", "seed": jobs.SEED + which})])
            return samples_compared(case, run, calls)

        yield from compared(case, program, folder, described, compare, size.herds)


def retry(mode):
    return {"retry": {"mode": mode}} if mode else {}


def samples_compared(case, run, calls_of_each_run):
    """A sample of each quantity is that of one run: within a run clients may share a bucket, and a client its quota."""
    real, simulated = collections.defaultdict(list), collections.defaultdict(list)
    for which, calls in zip(run.runs, calls_of_each_run):
        add_samples(real, len(calls), sum(call["attempts"] for call in calls),
                    [(call["attempts"], call["last"] - call["at"]) for call in calls if call["reason"]])
        began = {instance: boot + WAIT for instance, boot, *_ in run.instances(which)}
        add_samples(simulated, run.total("api_calls_total", which), run.total("api_call_attempts_total", which),
                    [(attempts, (moment - began[instance]) % MINUTE) for instance, moment, _, attempts in run.failures(which)])
    for quantity, samples in real.items():
        if len(samples) > 1 and len(simulated[quantity]) > 1:
            yield verdict.welch(case, quantity, samples, simulated[quantity])


def add_samples(samples, calls, attempts, failures):
    samples["share of failed calls"].append(len(failures) / calls)
    samples["attempts a call"].append(attempts / calls)
    if failures:
        samples["attempts of a failed call"].append(sum(attempts for attempts, _ in failures) / len(failures))
        samples["seconds until its last attempt"].append(sum(length for _, length in failures) / len(failures) / SECOND)
