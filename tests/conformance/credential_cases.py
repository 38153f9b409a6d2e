"""Cases in which nothing is left to chance: what a client does with a credential set, call by call."""

import bisect
import random

import jobs
import simulation
import verdict
from jobs import compared, workload
from simulation import MINUTE

SECOND = 1_000_000
ROTATIONS = {  # hours, and the agent's settings
    "lead 0": (24, {"lead": "0s"}),
    "lead 5m": (24, {"lead": "5m"}),
    "lead 10m": (24, {"lead": "10m"}),
    "lead 16m": (24, {"lead": "16m"}),
    "15m sets, lead 1m": (8, {"lifetime": "15m", "lead": "1m"}),
    "15m sets, lead 5m": (8, {"lifetime": "15m", "lead": "5m"}),
    "5m late": (8, {"lifetime": "1h", "every": "65m"}),
}


def rotation(client, program, folder, size):
    """Rotation, for a day in the main."""
    for name, (hours, credentials) in ROTATIONS.items():
        described = simulation.scenario("rotation-" + name.replace(",", "").replace(" ", "-"), workload(client),
                                        instances=size.instances, duration=f"{hours}h", credentials=credentials)
        yield from minute_by_minute(f"rotation, {name}", client, program, folder, described)


def late_agent(client, program, folder, size):
    """STS fails for five minutes after the first set has expired, and once more for an hour."""
    faults = [{"name": "late", "kind": "sts_outage", "at": "60m", "for": "16m"},
              {"name": "later", "kind": "sts_outage", "at": "3h", "for": "1h"}]
    # A fault of STS is for scripts as well, so these call another service.
    described = simulation.scenario("late-agent", workload(client, "s3:GetObject"), instances=size.instances, duration="6h",
                                    credentials={"lead": "5m"}, faults=faults)
    return minute_by_minute("agent late by an outage", client, program, folder, described)


def failing_helper(client, program, folder, size):
    """A helper that exits with 1, over a rotation and over an expiry."""
    times = [(50, 70), (120, 190)]
    faults = [{"name": f"helper-{since}", "kind": "helper_failure", "at": f"{since}m", "for": f"{until - since}m"}
              for since, until in times]
    for holds in ["refreshing", "per_call"] if client.tool == "boto3" else ["refreshing"]:
        described = simulation.scenario(f"helper-{holds}", workload(client, credentials=holds), instances=size.instances, duration="5h",
                                        credentials={"lead": "5m"}, faults=faults)
        yield from minute_by_minute(f"helper fails, {holds}", client, program, folder, described, holds=holds,
                                    helper_fails=[[since * MINUTE, until * MINUTE] for since, until in times])


def minute_by_minute(case, client, program, folder, described, *, helper_fails=(), **more):
    """Failed calls one by one, and helper runs in each minute"""
    minutes = int(described["duration"][:-1]) * 60

    def compare(run):
        instances = run.instances()
        asked = jobs.job(instances, minutes * MINUTE, **more)
        for each in asked["instances"]:
            each["helper_fails"] = list(helper_fails)
        answers = client.drive(asked)
        made = sum(len(answer["calls"]) for answer in answers)
        yield verdict.exact(case, "calls", made, round(run.total("api_calls_total")))
        yield from jobs.failures_compared(case, jobs.failed_calls(instances, answers), jobs.failed_calls_of(run))
        yield from helper_runs_compared(case, asked, answers, run.series("credential_helper_runs_total"))

    return compared(case, program, folder, described, compare)


def drawn_calls(client, program, folder, size):
    """Calls by a draw, a minute apart in the mean, of a client whose agent is five minutes late; each run is a sample."""
    case = "calls by a draw, 5m late"
    described = simulation.scenario("drawn-calls", workload(client, calls={
        "action": "sts:GetCallerIdentity", "every": {"exponential": {"mean": "1m"}}}), duration="4h",
        credentials={"lifetime": "1h", "every": "65m"})

    def compare(run):
        draws = random.Random(jobs.SEED)
        asked = jobs.job([instance for which in run.runs for instance in run.instances(which)], 240 * MINUTE)
        for each in asked["instances"]:
            each["calls"] = list(drawn_moments(draws, each["made_at"], 240 * MINUTE))
        answers = client.drive(asked)
        yield verdict.welch(case, "calls", [len(answer["calls"]) for answer in answers],
                            [run.total("api_calls_total", which) for which in run.runs])
        yield verdict.welch(case, "failed calls", [sum(call["reason"] is not None for call in answer["calls"]) for answer in answers],
                            [len(run.failures(which)) for which in run.runs])
        yield verdict.welch(case, "helper runs", [len(answer["helper_runs"]) for answer in answers],
                            [run.total("credential_helper_runs_total", which) for which in run.runs])

    return compared(case, program, folder, described, compare, size.samples)


def drawn_moments(draws, made_at, end):
    moment = made_at + int(draws.expovariate(1 / MINUTE))
    while moment < end:
        yield moment
        moment += int(draws.expovariate(1 / MINUTE))


def helper_runs_compared(case, asked, answers, series):
    """Runs until every client has made its first call, runs after that, and in which minutes these differ"""
    runs = sorted(moment for answer in answers for moment in answer["helper_runs"])
    totals = [bisect.bisect_right(runs, moment) for moment, _ in series]
    simulated = [round(value) for _, value in series]
    begun = max(described["calls"][0] for described in asked["instances"])
    first = bisect.bisect_left([moment for moment, _ in series], begun)
    yield verdict.exact(case, "helper runs up to the first call", totals[first], simulated[first])
    yield verdict.exact(case, "helper runs after it", totals[-1] - totals[first], simulated[-1] - simulated[first])
    differing = sum(totals[i + 1] - totals[i] != simulated[i + 1] - simulated[i] for i in range(first, len(series) - 1))
    yield verdict.exact(case, "minutes in which these differ", differing, 0)


def static_set(client, program, folder, size):
    """`once`: a set that was read when the process began, for six hours."""
    case = "static set"
    described = simulation.scenario("static-set", workload(client, credentials="once"), instances=size.instances, duration="6h")

    def compare(run):
        instances = run.instances()
        answers = client.drive(jobs.job(instances, 360 * MINUTE, holds="static"))
        yield from jobs.failures_compared(case, jobs.failed_calls(instances, answers), jobs.failed_calls_of(run))
        attempts = sum(call["attempts"] for answer in answers for call in answer["calls"])
        yield verdict.exact(case, "attempts", attempts, round(run.total("api_call_attempts_total")))

    return compared(case, program, folder, described, compare)


def late_profile(client, program, folder, size):
    """The agent delivers five minutes and a half after the client was made, which calls every minute of an hour."""
    kinds = [("helper_fails", "refreshing")]
    if client.tool == "boto3":
        kinds += [("no_profile", "refreshing"), ("empty_profile", "refreshing"), ("helper_fails", "per_call")]
    for before, holds in kinds:
        case = f"late profile, {before}, {holds}"
        described = simulation.scenario(f"late-{before}-{holds}", workload(client, credentials=holds), instances=size.instances,
                                        duration="1h", provisioning={"agent": {"after": "boot", "delay": "6m30s"}})

        def compare(run, case=case, before=before, holds=holds):
            instances = run.instances()
            answers = client.drive(jobs.job(instances, 60 * MINUTE, holds=holds, before_first=before))
            return jobs.failures_compared(case, jobs.failed_calls(instances, answers), jobs.failed_calls_of(run))

        yield from compared(case, program, folder, described, compare)


def failing_helper_alone(client, program, folder, size):
    """A helper that exits with 1 from a moment on: what the client says, which credsim has no word for."""
    del program, folder, size
    for source in ["from_ini", "default_chain"] if client.tool == "javascript" else [None]:
        case = "helper fails for good" + (f", {source}" if source else "")
        expiry = 60 * MINUTE
        calls = [2 * MINUTE] + list(range(40 * MINUTE, 62 * MINUTE, 10 * SECOND))
        answer, = client.drive({"start": simulation.START, "seed": jobs.SEED, "service": "sts", "source": source, "instances": [
            {"made_at": MINUTE, "network": 0, "credentials": [[0, expiry]], "calls": calls, "helper_fails": [[5 * MINUTE, 99 * MINUTE]]}]})
        asked = next(moment for moment in answer["helper_runs"] if moment > 5 * MINUTE)
        failed = next(call for call in answer["calls"] if call["reason"])
        yield verdict.measured(case, "first helper run, seconds before expiry", (expiry - asked) // SECOND)
        yield verdict.measured(case, "first failed call, seconds before expiry", (expiry - failed["at"]) // SECOND)
        yield verdict.measured(case, "attempts of a failed call", failed["attempts"])
        yield verdict.measured(case, "what it raises", failed["raised"])
