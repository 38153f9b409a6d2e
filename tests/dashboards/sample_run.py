"""A made-up run in OpenMetrics, made from include/credsim/metric.hpp: each series that a panel, rule or alert may look for, by each
name that a colour is for, an hour with a sample a minute, everything in steady growth. For tests that ask whether a query finds
data, not what it finds."""
import itertools

import metrics

STEP, STEPS = 60, 61
VALUES = {
    "account": ["123456789012"],
    "region": ["us-east-1", "eu-west-1"],
    "resource": ["office", "lab"],
    "outcome": ["success", "failure"],
    "reason": ["throttled", "network_unavailable", "service_unavailable", "instance_quota", "interface_quota", "subnet_exhausted", "trust_policy_denies",
               "role_not_found", "role_in_other_account", "service_role", "agent_too_old", "no_credentials", "expired_token",
               "refresh_failed", "clock_skewed", "access_denied", "profile_not_specified", "client_too_old"],
    "workload": ["none-none", "fixed-legacy", "poll-standard", "none-standard_2026", "none-adaptive", "none-adaptive_2026"],
    "operation": ["ec2:DescribeInstances"],
    "bucket": ["sts.service", "sts.account", "ec2.describe_instances", "ec2.describe_instances_filtered", "ec2.create_network_interface",
               "ec2.delete_network_interface"],
    "network": ["ready", "missing"],
    "table": ["instance", "credential", "gap", "failure", "session", "sample"],
    "wait": ["none", "fixed", "poll"],
    "retry_mode": ["none", "legacy", "standard", "standard_2026", "adaptive", "adaptive_2026"],
    "credentials": ["per_call"],
    "kind": ["sts_outage"],
    "name": ["outage"],
    "version": ["0.1.0"],
    "le": ["1.0", "60.0", "+Inf"],
}
STATES = {"instances": ["requested", "provisioning", "available", "in_use", "stopped"], "sessions": ["active", "waiting"]}


def value(name, kind, labels, step):
    if name == "simulation_time_seconds":
        return step * STEP
    if kind == "counter":
        return step * 30
    if kind == "histogram":
        return step * (1 + VALUES["le"].index(labels["le"]))
    return 1


def openmetrics(start):
    """The text; its first sample is at `start`, in seconds since 1970."""
    lines = []
    for name, (kind, labels) in metrics.metrics_of(metrics.HEADER.read_text(encoding="utf-8")).items():
        if kind == "tally":
            kind = "gauge"  # what Prometheus calls it
        if kind in ("ratio", "limit"):
            continue
        names = sorted(labels | metrics.OF_A_CELL.get(name, set())) + (["le"] if kind == "histogram" else [])
        lines.append(f"# TYPE credsim_{name.removesuffix('_total') if kind == 'counter' else name} {kind}")
        for chosen in itertools.product(*(STATES[name] if label == "state" else VALUES[label] for label in names)):
            of = dict(zip(names, chosen))
            if "retry_mode" in of and of["workload"] != f"{of['wait']}-{of['retry_mode']}":
                continue  # a workload has one way of waiting and retrying
            text = "{" + ",".join(f'{label}="{each}"' for label, each in of.items()) + "}" if of else ""
            series = f"credsim_{name}{'_bucket' if kind == 'histogram' else ''}{text}"
            lines += [f"{series} {value(name, kind, of, step)} {start + step * STEP}" for step in range(STEPS)]
    return "\n".join(lines) + "\n# EOF\n"
