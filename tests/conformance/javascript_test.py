"""credsim fails calls, asks the credential helper and retries as @aws-sdk v3 does, where that is installed: a short `./dev conformance`."""

import os
import sys

import clients
import conformance

SKIPPED = 77

client, why_not = clients.javascript()
if client is None:
    print(f"skipped: {why_not}")
    sys.exit(SKIPPED)
print(f"@aws-sdk {client.version}", flush=True)
differing = conformance.report(list(conformance.rows_of(client, os.environ["CREDSIM"], conformance.SHORT)))
sys.exit(1 if differing else 0)
