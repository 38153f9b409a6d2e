"""The real clients' side: which are there, and a job given to one of them."""

import json
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
JAVASCRIPT = HERE / "javascript"


class Client:
    """A program that takes a job and answers what the client did (README.md has both formats)."""

    def __init__(self, tool, command, version, standard_2026):
        self.tool = tool  # credsim's word
        self.version = version
        self.standard_2026 = standard_2026  # what makes its standard mode that of 2026; None: nothing does
        self._command = command

    def drive(self, job):
        done = subprocess.run(self._command, input=json.dumps(job), capture_output=True, text=True, check=False,
                              env={**os.environ, "NODE_NO_WARNINGS": "1"})
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(self._command)} ended with {done.returncode}:\n{done.stderr[-4000:]}")
        return json.loads(done.stdout)["instances"]


def botocore(python):
    """The botocore of a Python interpreter; ends the program if it has none."""
    asked = subprocess.run([python, "-c", "import botocore; print(botocore.__version__)"], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise SystemExit(f"{python} has no botocore; apt-get install python3-botocore")
    version = asked.stdout.strip()
    numbers = tuple(int(number) for number in version.split(".")[:3])
    standard_2026 = {} if numbers >= (1, 44) else {"AWS_NEW_RETRIES_2026": "true"} if numbers >= (1, 43, 3) else None
    return Client("boto3", [python, "-B", str(HERE / "botocore_client.py")], version, standard_2026)


def javascript():
    """@aws-sdk, or the reason why it is not there."""
    node = shutil.which("node")
    if node is None:
        return None, "there is no node"
    major = int(subprocess.run([node, "-p", "process.versions.node"], capture_output=True, text=True, check=True).stdout.split(".")[0])
    if major < 20:
        return None, f"node {major} is older than the SDK's minimum, 20"
    package = JAVASCRIPT / "node_modules/@aws-sdk/client-sts/package.json"
    if not package.exists():
        return None, f"its packages are not there: npm --prefix {JAVASCRIPT} ci --ignore-scripts"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    return Client("javascript", [node, str(JAVASCRIPT / "client.js")], version, {}), ""
