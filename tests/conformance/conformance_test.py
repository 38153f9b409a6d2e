"""credsim fails calls, asks the credential helper and retries as the installed botocore does, and as @aws-sdk does where it is there.

A short form of `./dev conformance`."""

import os
import sys

import clients
import conformance

found = [clients.botocore("/usr/bin/python3")]
script, why_not = clients.javascript()
if script:
    found.append(script)
differing = 0
for client in found:
    print(f"== {client.tool} {client.version}", flush=True)
    differing += conformance.report(list(conformance.rows_of(client, os.environ["CREDSIM"], conformance.SHORT)))
if why_not:
    print(f"skipped: JavaScript, since {why_not}")
sys.exit(1 if differing else 0)
