"""credsim fails calls, asks the credential helper and retries as the installed botocore does: a short `./dev conformance`."""

import os
import sys

import clients
import conformance

client = clients.botocore("/usr/bin/python3")
print(f"botocore {client.version}", flush=True)
differing = conformance.report(list(conformance.rows_of(client, os.environ["CREDSIM"], conformance.SHORT)))
sys.exit(1 if differing else 0)
