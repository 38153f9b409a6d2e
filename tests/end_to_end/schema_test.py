#!/usr/bin/env python3
"""Holds scenarios/credsim.schema.json to the reader from the outside: what the reader takes, the schema takes; and of the
broken scenarios, all of which the reader refuses, it refuses those whose fault a schema can see.

tests/scenario/schema_test.cpp compares the keys of both.
"""

import json
import os
import sys
from pathlib import Path

import jsonschema
import yaml

SOURCE = Path(os.environ.get("CREDSIM_SOURCE", Path(__file__).resolve().parents[2]))

# Broken scenarios whose fault a schema cannot see: it is in another file, in a reference, between two values, or in a
# notation that the schema describes more loosely.
BEYOND_SCHEMA = set(
    """
    account-twice ambiguous-role arrivals-daily-too-many arrivals-file arrivals-too-many
    calls-resource-partition calls-without-end dangling-arn dangling-references duplicate-key
    duplicate-key-deep duration-nothing duration-too-long empirical-faults fault-scope-contradiction
    fault-scope-dangling fault-twice fleet-twice image-twice instances-in-all jitter-too-long lead-too-long
    merge-key merge-keys nothing-to-simulate policy-effect policy-file-absolute policy-file-duplicate-key policy-file-empty
    policy-file-folder policy-file-list policy-file-missing policy-file-nested policy-file-number
    policy-file-outside policy-file-tabs policy-file-trailing policy-file-truncated policy-file-twice
    policy-file-utf16 policy-file-yaml policy-listings policy-wrapped policy-wrapped-other-kind policy-no-principal policy-unknown-operator policy-unknown-operator-in-file
    policy-version region-partitions region-twice resource-policy retry-endless retry-endless-base
    retry-none-with-attempts role-account-dangling role-change-before-start role-session-duration
    role-twice-but-for-case scaling-schedule series-step-too-short start-no-such-day thresholds
    thresholds-no-sessions undecided-call undecided-resource undecided-trust warm-up-too-long
    workload-region workload-twice
    """.split()
)


class CoreLoader(yaml.SafeLoader):
    """YAML's core schema, as editors read it: dates are text, and of words only true and false are truth values."""


CoreLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith(":timestamp") and (not tag.endswith(":bool") or first in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path):
    """The document, or None if it is no YAML or has something in it that only YAML's own rules refuse."""
    try:
        return yaml.load(path.read_bytes(), Loader=CoreLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, MemoryError, ValueError):
        return None


def main():
    schema = json.loads((SOURCE / "scenarios/credsim.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = []

    valid = sorted((SOURCE / "scenarios").glob("*.yaml")) + [SOURCE / "tests/scenario/kitchen_sink.yaml"]
    for path in valid:
        for error in validator.iter_errors(load(path)):
            where = "/".join(str(part) for part in error.absolute_path)
            failures.append(f"{path}: the schema refuses {where}: {error.message[:200]}")

    refused = set()
    accepted = set()
    for path in sorted((SOURCE / "tests/scenario/broken").glob("*.yaml")):
        document = load(path)
        if document is not None:
            (accepted if validator.is_valid(document) else refused).add(path.stem)
    failures += [f"{name}: the schema takes it now; it should refuse it" for name in sorted(accepted - BEYOND_SCHEMA)]
    failures += [f"{name}: the schema refuses it now; it is no longer beyond it" for name in sorted(refused & BEYOND_SCHEMA)]

    print(f"the schema takes {len(valid)} valid scenarios, and refuses {len(refused)} of the broken ones")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
