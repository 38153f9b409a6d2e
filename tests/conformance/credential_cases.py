"""Cases in which nothing is left to chance: what a client does with a credential set, call by call."""

import bisect

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
    """Rotation, for a day in the main: failed calls one by one, and helper runs minute by minute."""
    for name, (hours, credentials) in ROTATIONS.items():
        case = f"rotation, {name}"
        described = simulation.scenario("rotation-" + name.replace(",", "").replace(" ", "-"), workload(client),
                                        instances=size.instances, duration=f"{hours}h", credentials=credentials)

        def compare(run, case=case, hours=hours):
            instances = run.instances()
            asked = jobs.job(instances, hours * 60 * MINUTE)
            answers = client.drive(asked)
            made = sum(len(answer["calls"]) for answer in answers)
            yield verdict.exact(case, "calls", made, round(run.total("api_calls_total")))
            yield from jobs.failures_compared(case, jobs.failed_calls(instances, answers), jobs.failed_calls_of(run))
            yield from helper_runs_compared(case, asked, answers, run.series("credential_helper_runs_total"))

        yield from compared(case, program, folder, described, compare)


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


def failing_helper(client, program, folder, size):
    """A helper that exits with 1 from a moment on. credsim has no such fault, so this is only measured."""
    del program, folder, size
    for source in ["from_ini", "default_chain"] if client.tool == "javascript" else [None]:
        case = "helper fails" + (f", {source}" if source else "")
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
