"""What the tests of exports share: blocks that promtool makes of them, and a Prometheus that serves those."""

import http.client
import json
import re
import shutil
import socket
import subprocess
import urllib.parse
from contextlib import contextmanager

import program_harness as harness
from program_harness import claim


def need_prometheus():
    for tool in ("prometheus", "promtool"):
        claim(shutil.which(tool) is not None, f"{tool} is installed", "./dev test installs it")


def make_blocks(path, data):
    """Makes blocks of an export in the folder `data`, and returns how many samples all blocks there hold."""
    done = subprocess.run(["promtool", "tsdb", "create-blocks-from", "--max-block-duration=744h", "-q", "openmetrics", str(path),
                           str(data)], text=True, capture_output=True, timeout=harness.DEADLINE_SECONDS, check=False)
    claim(done.returncode == 0, f"promtool takes {path.name} as it is", done.stdout + done.stderr)
    listed = subprocess.run(["promtool", "tsdb", "list", str(data)], text=True, capture_output=True,
                            timeout=harness.DEADLINE_SECONDS, check=True).stdout.splitlines()
    column = re.split(r"\s{2,}", listed[0]).index("NUM SAMPLES")
    return sum(int(line.split()[column]) for line in listed[1:])


class Prometheus:
    """A server that is ready."""

    def __init__(self, port):
        self.port = port

    def request(self, path, **parameters):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.DEADLINE_SECONDS)
        try:
            connection.request("POST" if parameters else "GET", path, urllib.parse.urlencode(parameters) or None,
                               {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ready(self):
        try:
            return self.request("/-/ready")[0] == 200
        except OSError:
            return False

    def ask(self, expression, at=None):
        parameters = {"query": expression} if at is None else {"query": expression, "time": at}
        status, body = self.request("/api/v1/query", **parameters)
        answer = json.loads(body)
        if status != 200 or answer["status"] != "success":
            harness.fail(f"{expression}: {body[:500]}")
        return answer["data"]["result"]

    def number(self, expression, at=None):
        """The only value of the only series."""
        result = self.ask(expression, at)
        if len(result) != 1:
            harness.fail(f"{expression} has {len(result)} series")
        return float(result[0]["value"][1])


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def prometheus(place, data):
    """A Prometheus that scrapes nothing and serves the blocks in `data`, as long as the `with` goes on."""
    (place / "prometheus.yml").write_text("global: {}\n", encoding="utf-8")
    port = free_port()
    with open(place / "prometheus.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["prometheus", f"--config.file={place}/prometheus.yml", f"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            server = Prometheus(port)
            harness.wait_until(server.ready, process, "Prometheus is ready")
            yield server
        finally:
            process.terminate()
            process.wait(timeout=harness.DEADLINE_SECONDS)
