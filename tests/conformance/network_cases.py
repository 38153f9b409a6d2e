"""Cases in which a connect waits for its path."""

import jobs
import simulation
import verdict
from jobs import WAIT, compared, workload
from simulation import MINUTE

SECOND = 1_000_000


def opening_network(client, program, folder, size):
    """One call, a minute or more before the network opens; its connects wait, none fails at once."""
    for attempts in (1, 3):
        case = f"network opens, {attempts} attempt{'s' if attempts > 1 else ''}"
        script = workload(client, retry={"mode": "standard", "max_attempts": attempts}, connect={"fast_failures": 0},
                          calls={"action": "sts:GetCallerIdentity", "once": "1m"})
        described = simulation.scenario(f"network-{attempts}", script, instances=size.connecting, duration="40m",
                                        provisioning={"eni": {"after": "boot", "delay": {"uniform": ["1m", "6m"]}}})

        def compare(run, case=case, attempts=attempts):
            instances = run.instances()
            answers = client.drive(jobs.job_of_one_call(instances, fast_failures=0, retry_mode="standard", max_attempts=attempts))
            calls = [answer["calls"][0] for answer in answers]
            began = {instance: boot + WAIT + MINUTE for instance, boot, *_ in instances}
            real = {instance: call["last"] - call["at"] for (instance, *_), call in zip(instances, calls) if call["reason"]}
            simulated = {instance: moment - began[instance] for instance, moment, *_ in run.failures()}
            total = sum(call["attempts"] for call in calls)
            if attempts == 1:
                return only_attempts_compared(case, real, simulated, total, run.total("api_call_attempts_total"))
            return several_attempts_compared(case, [instance for instance, *_ in instances], real, simulated)

        yield from compared(case, program, folder, described, compare)


def only_attempts_compared(case, real, simulated, attempts, simulated_attempts):
    yield verdict.exact(case, "failed calls", len(real), len(simulated))
    yield verdict.exact(case, "failed calls that the other has not", len(set(real) - set(simulated)), len(set(simulated) - set(real)))
    yield verdict.exact(case, "seconds until their last attempt", lengths(real), lengths(simulated))
    yield verdict.exact(case, "attempts", attempts, round(simulated_attempts))


def lengths(failed):
    return ", ".join(f"{length / SECOND:g}" for length in sorted(set(failed.values()))) or "–"


def several_attempts_compared(case, instances, real, simulated):
    yield verdict.welch(case, "share of failed calls", [float(instance in real) for instance in instances],
                        [float(instance in simulated) for instance in instances])
    if len(real) > 1 and len(simulated) > 1:
        yield verdict.welch(case, "seconds until a failed call's last attempt", [length / SECOND for length in real.values()],
                            [length / SECOND for length in simulated.values()])
