"""The cases: each makes a scenario, runs credsim, gives the real client the same credentials, network and calls, and compares."""

import collections

import simulation
import verdict
from simulation import MINUTE

SECOND = 1_000_000
WAIT = MINUTE  # every workload's wait after boot, when its client is made
SEED = 7


def job(instances, duration, *, first=MINUTE, every=MINUTE, **more):
    """What the real client is asked: the instances that credsim simulated, with calls at the same moments."""
    described = []
    for _, boot, network, credentials in instances:
        made = boot + WAIT
        calls = list(range(made + first, duration, every)) if every else [made + first]
        described.append({"made_at": made, "network": network, "credentials": credentials, "calls": calls})
    return {"start": simulation.START, "seed": SEED, "service": "sts", "instances": described, **more}


def failed_calls(instances, answers):
    """(instance, call's number, reason) of the real client's failures"""
    return [(instance, number, call["reason"]) for (instance, *_), answer in zip(instances, answers)
            for number, call in enumerate(answer["calls"]) if call["reason"]]


def simulated_failures(run, instances, first=MINUTE, every=MINUTE):
    """The same of credsim's, of which the moment of the end is known."""
    boots = {instance: boot for instance, boot, *_ in instances}
    return [(instance, (moment - boots[instance] - WAIT - first) // every, reason) for instance, moment, reason, _ in run.failures()]


def counted(failures):
    return ", ".join(f"{count} {reason}" for reason, count in sorted(collections.Counter(reason for *_, reason in failures).items())) or "none"


def runs_by_minute(answers, minutes):
    """How often the helper had run by each of the moments"""
    moments = sorted(moment for answer in answers for moment in answer["helper_runs"])
    totals, done = [], 0
    for minute in minutes:
        while done < len(moments) and moments[done] <= minute:
            done += 1
        totals.append(done)
    return totals


def deterministic(client, case, described, run, asked):
    """Failed calls one by one, and helper runs minute by minute."""
    instances = run.instances()
    answers = client.drive(asked)
    real, simulated = failed_calls(instances, answers), simulated_failures(run, instances)
    yield verdict.exact(case, "calls", sum(len(answer["calls"]) for answer in answers), round(run.summary("api_calls_total", run.runs[0])))
    yield verdict.exact(case, "failed calls", counted(real), counted(simulated))
    yield verdict.exact(case, "failed calls that the other has not", len(set(real) - set(simulated)), len(set(simulated) - set(real)))
    series = run.series("credential_helper_runs_total")
    begun = max(instance["calls"][0] for instance in asked["instances"]) + MINUTE
    before = [value for moment, value in series if moment <= begun]
    after = [(moment, value) for moment, value in series if moment > begun]
    totals = runs_by_minute(answers, [moment for moment, _ in series])
    yield verdict.exact(case, "helper runs up to the first call", totals[len(before) - 1], round(before[-1]))
    yield verdict.exact(case, "helper runs after it", totals[-1] - totals[len(before) - 1], round(series[-1][1] - before[-1]))
    steps = differing_minutes(totals[len(before) - 1:], [before[-1]] + [value for _, value in after])
    yield verdict.exact(case, "minutes in which they differ", steps, 0)


def differing_minutes(one, other):
    return sum((one[i] - one[i - 1]) != (other[i] - other[i - 1]) for i in range(1, len(one)))


def workload(client, action="sts:GetCallerIdentity", **more):
    return {"client": {"tool": client.tool, "version": client.version}, "calls": {"action": action, "every": "1m"}, **more}


def rotation(client, program, folder, size):
    """A day of rotation: leads, short credentials, a late agent; a long-lived client that calls every minute."""
    kinds = [("lead 0", {"lead": "0s"}), ("lead 5m", {"lead": "5m"}), ("lead 10m", {"lead": "10m"}), ("lead 16m", {"lead": "16m"}),
             ("15m credentials, lead 1m", {"lifetime": "15m", "lead": "1m"}), ("15m credentials, lead 5m", {"lifetime": "15m", "lead": "5m"}),
             ("5m late", {"lifetime": "1h", "every": "65m"})]
    for name, credentials in kinds:
        case = f"{client.tool}, {name}"
        described = simulation.scenario(f"rotation-{client.tool}-{name.replace(' ', '-').replace(',', '')}",
                                        workload(client, credentials="refreshing"), instances=size.instances, credentials=credentials)
        yield from compared(case, program, folder, described,
                            lambda run, case=case, described=described: deterministic(client, case, described, run, job(run.instances(), 24 * 60 * MINUTE)))


def compared(case, program, folder, described, compare, replications=1):
    """The rows, or that credsim refuses the scenario."""
    try:
        run = simulation.Run(program, folder, described, replications)
    except simulation.Refused as said:
        return [verdict.refused(case, said)]
    return list(compare(run))


def static_set(client, program, folder, size):
    """`once`: a set that was read when the process began, six hours long."""
    case = f"{client.tool}, once"
    described = simulation.scenario(f"once-{client.tool}", workload(client, credentials="once"), instances=size.instances, duration="6h")

    def compare(run):
        instances = run.instances()
        answers = client.drive(job(instances, 360 * MINUTE, holds="static"))
        real, simulated = failed_calls(instances, answers), simulated_failures(run, instances)
        yield verdict.exact(case, "failed calls", counted(real), counted(simulated))
        yield verdict.exact(case, "failed calls that the other has not", len(set(real) - set(simulated)), len(set(simulated) - set(real)))
        attempts = sum(call["attempts"] for answer in answers for call in answer["calls"])
        yield verdict.exact(case, "attempts", attempts, round(run.summary("api_call_attempts_total", run.runs[0])))

    return compared(case, program, folder, described, compare)


def late_profile(client, program, folder, size):
    """The agent delivers five minutes after the client was made, which calls every minute of an hour."""
    held = [("refreshing", {"credentials": "refreshing"}, None)]
    if client.tool == "boto3":
        held.append(("per_call", {"credentials": "per_call"}, "per_call"))
    for name, how, holds in held:
        for before in ("no_profile", "empty_profile", "helper_fails") if client.tool == "boto3" and name == "refreshing" else ("helper_fails",):
            case = f"{client.tool}, late profile, {name}, {before}"
            described = simulation.scenario(f"late-{client.tool}-{name}-{before}", workload(client, **how), instances=size.instances,
                                            duration="1h", provisioning={"agent": {"after": "boot", "delay": "6m30s"}})

            def compare(run, case=case, holds=holds, before=before):
                instances = run.instances()
                answers = client.drive(job(instances, 60 * MINUTE, holds=holds, before_first=before))
                real, simulated = failed_calls(instances, answers), simulated_failures(run, instances)
                yield verdict.exact(case, "failed calls", counted(real), counted(simulated))
                yield verdict.exact(case, "failed calls that the other has not", len(set(real) - set(simulated)),
                                    len(set(simulated) - set(real)))

            yield from compared(case, program, folder, described, compare)


def failing_helper(client, program, folder, size):
    """A helper that exits with 1 from a moment on: when do calls begin to fail? credsim has no such fault."""
    del program, folder, size
    credentials = [[0, 60 * MINUTE]]
    calls = list(range(40 * MINUTE, 62 * MINUTE, 10 * SECOND))
    asked = {"start": simulation.START, "seed": SEED, "service": "sts", "instances": [
        {"made_at": MINUTE, "network": 0, "credentials": credentials, "calls": [2 * MINUTE] + calls, "helper_fails": [[5 * MINUTE, 99 * MINUTE]]}]}
    answer, = client.drive(asked)
    failed = [call for call in answer["calls"] if call["reason"]]
    case = f"{client.tool}, helper fails"
    runs = [moment for moment in answer["helper_runs"] if moment > 5 * MINUTE]
    yield verdict.measured(case, "first helper run, seconds before expiry", (60 * MINUTE - runs[0]) // SECOND)
    yield verdict.measured(case, "first failed call, seconds before expiry", (60 * MINUTE - failed[0]["at"]) // SECOND)
    yield verdict.measured(case, "attempts and sleeps of a failed call", f"{failed[0]['attempts']} in {failed[0]['end'] - failed[0]['at']} s")
    yield verdict.measured(case, "what it raises", failed[0]["raised"])


def opening_network(client, program, folder, size):
    """One call a minute after the wait, to a network that opens meanwhile; the connects wait, none fails at once."""
    for attempts in (1, 3):
        case = f"{client.tool}, network opens, {attempts} attempts"
        described = simulation.scenario(
            f"network-{client.tool}-{attempts}",
            workload(client, credentials="refreshing", retry={"mode": "standard", "max_attempts": attempts}, connect={"fast_failures": 0})
            | {"calls": {"action": "sts:GetCallerIdentity", "once": "1m"}},
            instances=size.network_instances, duration="40m",
            provisioning={"eni": {"after": "boot", "delay": {"uniform": ["1m", "6m"]}}})

        def compare(run, case=case, attempts=attempts):
            instances = run.instances()
            answers = client.drive(job(instances, 40 * MINUTE, every=None, fast_failures=0, retry_mode="standard", max_attempts=attempts))
            failed = [(instance, answer["calls"][0]["end"]) for (instance, *_), answer in zip(instances, answers) if answer["calls"][0]["reason"]]
            simulated = [(instance, moment) for instance, moment, *_ in run.failures()]
            made = {row[0]: row[1] + WAIT + MINUTE for row in instances}
            if attempts == 1:
                yield verdict.exact(case, "failed calls", len(failed), len(simulated))
                yield verdict.exact(case, "failed calls that the other has not", len(set(failed) - set(simulated)), len(set(simulated) - set(failed)))
            else:
                real = [1.0 if answer["calls"][0]["reason"] else 0.0 for answer in answers]
                lost = {instance for instance, _ in simulated}
                yield verdict.welch(case, "share of failed calls", real, [float(row[0] in lost) for row in instances])
                seconds = lambda pairs: [(moment - made[instance]) / SECOND for instance, moment in pairs]
                if len(failed) > 1 and len(simulated) > 1:
                    yield verdict.welch(case, "seconds until a call has failed", seconds(failed), seconds(simulated))
            yield verdict.exact(case, "attempts", sum(answer["calls"][0]["attempts"] for answer in answers),
                                round(run.summary("api_call_attempts_total", run.runs[0]))) if attempts == 1 else verdict.measured(
                                    case, "attempts a call", sum(answer["calls"][0]["attempts"] for answer in answers) / len(answers))

        yield from compared(case, program, folder, described, compare)


def modes_of(client):
    """(credsim's mode or None for the default, the job's keys)"""
    if client.tool == "javascript":
        return [(None, {}), ("adaptive", {"retry_mode": "adaptive"})]
    modes = [(mode, {"retry_mode": mode}) for mode in ("legacy", "standard", "adaptive")]
    if client.standard_2026 == {}:
        modes = [("legacy", {"retry_mode": "legacy"})]
    if client.standard_2026 is not None:
        modes.append(("standard_2026", {"retry_mode": "standard", "environment": client.standard_2026}))
    return [(None, {})] + modes


def error_shares(client, program, folder, size):
    """The service fails a share of the attempts; four long-lived clients a replication, a hundred calls each."""
    for share in size.shares:
        for mode, keys in modes_of(client):
            if size.modes and mode not in size.modes:
                continue
            case = f"{client.tool}, {share} % errors, {mode or 'default mode'}"
            described = simulation.scenario(
                f"errors-{client.tool}-{share}-{mode}", workload(client, "s3:GetObject", credentials="refreshing", **retry_of(mode)),
                instances=4, duration="112m30s", faults=[{"name": "errors", "kind": "service_outage", "service": "s3", "share": share / 100, "at": "0s"}])

            def compare(run, case=case, keys=keys, share=share):
                yield from samples_compared(client, case, run, keys, share)

            yield from compared(case, program, folder, described, compare, size.replications)


def retry_of(mode):
    return {"retry": {"mode": mode}} if mode else {}


def samples_compared(client, case, run, keys, share):
    instances = run.instances(run.runs[0])
    lasting = [(instance, boot, network, [(0, 10_000 * MINUTE)]) for instance, boot, network, _ in instances]
    asked = job(lasting * len(run.runs), 112 * MINUTE, error_share=share / 100, **keys)
    answers = client.drive(asked)
    real, simulated = collections.defaultdict(list), collections.defaultdict(list)
    for index, which in enumerate(run.runs):
        calls = [call for answer in answers[index * len(instances):(index + 1) * len(instances)] for call in answer["calls"]]
        add_sample(real, len(calls), sum(call["attempts"] for call in calls),
                   [(call["attempts"], (call["end"] - call["at"]) / SECOND) for call in calls if call["reason"]])
        boots = {instance: boot for instance, boot, *_ in run.instances(which)}
        failures = [(attempts, (moment - boots[instance] - WAIT) % MINUTE / SECOND) for instance, moment, _, attempts in run.failures(which)]
        add_sample(simulated, run.summary("api_calls_total", which), run.summary("api_call_attempts_total", which), failures)
    yield from (verdict.welch(case, quantity, real[quantity], simulated[quantity]) for quantity in real)


def add_sample(samples, calls, attempts, failures):
    samples["share of failed calls"].append(len(failures) / calls)
    samples["attempts a call"].append(attempts / calls)
    if failures:
        samples["attempts of a failed call"].append(sum(number for number, _ in failures) / len(failures))
        samples["seconds until a call has failed"].append(sum(seconds for _, seconds in failures) / len(failures))


def herd(client, program, folder, size):
    """A hundred clients call DescribeInstances in one instant, 10/s and burst 50."""
    for mode, keys in modes_of(client):
        if size.modes and mode not in size.modes:
            continue
        case = f"{client.tool}, herd, {mode or 'default mode'}"
        described = simulation.scenario(
            f"herd-{client.tool}-{mode}", workload(client, credentials="refreshing", **retry_of(mode))
            | {"calls": {"action": "ec2:DescribeInstances", "once": "1m"}},
            instances=100, duration="30m", provisioning={"boot": "10m"}, bucket={"rate": "10/s", "burst": 50})

        def compare(run, case=case, keys=keys):
            real, simulated = collections.defaultdict(list), collections.defaultdict(list)
            for index, which in enumerate(run.runs):
                instances = run.instances(which)
                asked = job(instances, 30 * MINUTE, every=None, bucket={"rate": 10, "burst": 50}, **keys)
                calls = [answer["calls"][0] for answer in client.drive({**asked, "service": "ec2", "seed": SEED + index})]
                add_sample(real, len(calls), sum(call["attempts"] for call in calls),
                           [(call["attempts"], (call["end"] - call["at"]) / SECOND) for call in calls if call["reason"]])
                made = {instance: boot + WAIT + MINUTE for instance, boot, *_ in instances}
                failures = [(attempts, (moment - made[instance]) / SECOND) for instance, moment, _, attempts in run.failures(which)]
                add_sample(simulated, run.summary("api_calls_total", which), run.summary("api_call_attempts_total", which), failures)
            for quantity in real:
                if len(real[quantity]) > 1 and len(simulated[quantity]) > 1:
                    yield verdict.welch(case, quantity, real[quantity], simulated[quantity])

        yield from compared(case, program, folder, described, compare, size.herds)


CASES = [rotation, static_set, late_profile, failing_helper, opening_network, error_shares, herd]
