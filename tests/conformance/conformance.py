#!/usr/bin/env python3
"""Real clients in virtual time beside credsim: `conformance.py CREDSIM` prints a table and ends with 1 if anything differs.

  --python PATH    an interpreter that has botocore (/usr/bin/python3); several may be given
  --only WORD      only the cases whose name has it: rotation, late_agent, drawn_calls, static_set, late_profile,
                   failing_helper, opening_network, error_shares, herd
  --client WORD    boto3 or javascript only
  --short          less of everything, as in the tests
"""

import argparse
import dataclasses
import sys
import tempfile

import clients
import credential_cases
import network_cases
import retry_cases
import verdict


CASES = [credential_cases.rotation, credential_cases.late_agent, credential_cases.drawn_calls, credential_cases.static_set,
         credential_cases.late_profile, credential_cases.failing_helper, credential_cases.failing_helper_alone,
         network_cases.opening_network, retry_cases.error_shares, retry_cases.herd]


@dataclasses.dataclass
class Size:
    """How much of everything."""

    instances: int = 5
    connecting: int = 200  # instances that wait for their network
    shares: tuple = (30, 50, 90)
    modes: tuple = ()  # of retrying, None for the default; empty: all
    samples: int = 32  # of a client's hundred calls
    herds: int = 16


SHORT = Size(instances=1, connecting=60, shares=(50,), modes=("standard", None), samples=16, herds=6)


def rows_of(client, program, size, only=""):
    with tempfile.TemporaryDirectory(prefix="credsim-conformance-") as folder:
        for case in CASES:
            if only in case.__name__:
                yield from case(client, program, folder, size)


def report(rows):
    print(verdict.table(rows), flush=True)
    differing = sum(not row.right for row in rows)
    print(f"{len(rows)} quantities, {differing} differ", flush=True)
    return differing


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("credsim")
    arguments.add_argument("--python", action="append")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--client", default="")
    arguments.add_argument("--short", action="store_true")
    given = arguments.parse_args()
    found = [clients.botocore(python) for python in given.python or ["/usr/bin/python3"]] if given.client != "javascript" else []
    script, why_not = clients.javascript() if given.client != "boto3" else (None, "")
    if script:
        found.append(script)
    differing = 0
    for client in found:
        print(f"\n== {client.tool} {client.version}", flush=True)
        differing += report(list(rows_of(client, given.credsim, SHORT if given.short else Size(), given.only)))
    if why_not:
        print(f"\nskipped: JavaScript, since {why_not}")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
