"""A job for a real client out of credsim's run, and what both sides said of it."""

import collections

import simulation
import verdict
from simulation import MINUTE

WAIT = MINUTE  # every workload's wait after boot; then its client is made, and its first call comes a minute later
SEED = 7


def compared(case, program, folder, described, compare, replications=1):
    """The rows that `compare` makes of the run, or that credsim refuses the scenario."""
    try:
        run = simulation.Run(program, folder, described, replications)
    except simulation.Refused as said:
        return [verdict.refused(case, said)]
    return list(compare(run))


def workload(client, action="sts:GetCallerIdentity", **more):
    """Long-lived clients that call every minute, unless `more` says otherwise"""
    return {"client": {"tool": client.tool, "version": client.version}, "credentials": "refreshing",
            "calls": {"action": action, "every": "1m"}, **more}


def job(instances, duration, **more):
    """The same instances, with a call every minute."""
    described = []
    for _, boot, network, credentials in instances:
        made = boot + WAIT
        described.append({"made_at": made, "network": network, "credentials": credentials,
                          "calls": list(range(made + MINUTE, duration, MINUTE))})
    return {"start": simulation.START, "seed": SEED, "service": "sts", "instances": described, **more}


def job_of_one_call(instances, **more):
    """The same instances, with one call each."""
    asked = job(instances, 0, **more)
    for described in asked["instances"]:
        described["calls"] = [described["made_at"] + MINUTE]
    return asked


def failed_calls(instances, answers):
    """(instance, call's number, reason) of the real client's failures"""
    return {(instance, number, call["reason"]) for (instance, *_), answer in zip(instances, answers)
            for number, call in enumerate(answer["calls"]) if call["reason"]}


def failed_calls_of(run):
    """The same of credsim's."""
    began = {instance: boot + WAIT + MINUTE for instance, boot, *_ in run.instances()}
    return {(instance, (moment - began[instance]) // MINUTE, reason) for instance, moment, reason, _ in run.failures()}


def failures_compared(case, real, simulated):
    """How many calls fail and why, and whether they are the same calls"""
    yield verdict.exact(case, "failed calls", counted(real), counted(simulated))
    yield verdict.exact(case, "failed calls that the other has not", len(real - simulated), len(simulated - real))


def counted(failures):
    reasons = collections.Counter(reason for *_, reason in failures)
    return ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())) or "none"
