"""A Prometheus on a free loopback port, in a folder of its own, that ends with the `with` that started it."""
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "dashboards"))
import record_rates  # noqa: E402
import yaml  # noqa: E402
from grafana_panels import Prometheus  # noqa: E402

DEADLINE_SECONDS = 150


def promtool(*arguments):
    """Runs promtool; what it says if it fails is the message of the error."""
    done = subprocess.run(["promtool", *map(str, arguments)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=DEADLINE_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"promtool {' '.join(map(str, arguments))}: {done.stdout}")
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def live_config(target):
    """dashboards/prometheus/prometheus.yml for a run that serves its metrics at `target`."""
    folder = SOURCE / "dashboards/prometheus"
    text = (folder / "prometheus.yml").read_text(encoding="utf-8")
    for old, new in (("targets: [127.0.0.1:9464]", f"targets: [{target}]"), ("- rules/", f"- {folder}/rules/")):
        if text.count(old) != 1:
            raise RuntimeError(f"prometheus.yml has {old} {text.count(old)} times")
        text = text.replace(old, new)
    return text


class PrometheusServer(Prometheus):
    """`with PrometheusServer(folder, config) as prometheus:` — config is the text of its prometheus.yml. Blocks that are in
    folder/data are served. `restart()` shows it blocks that were put there since."""

    def __init__(self, folder, config="global: {}\n"):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "prometheus.yml"
        self.config.write_text(config, encoding="utf-8")
        self.port = free_port()
        self.process = None
        super().__init__(f"http://127.0.0.1:{self.port}")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            # Without the long retention Prometheus deletes a simulated day of another year within seconds.
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={self.config}", f"--storage.tsdb.path={self.data}",
                 "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_until(self.ready, "it is ready")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(DEADLINE_SECONDS)
            self.process = None

    def restart(self):
        self.stop()
        self.start()

    def ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def wait_until(self, condition, what):
        """Polls `condition` while the server runs."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            try:
                self.process.wait(timeout=0.05)
                raise RuntimeError(f"prometheus ended before {what}: {(self.folder / 'log').read_text(encoding='utf-8')}")
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"timed out waiting until {what}") from None

    def backfill(self, openmetrics):
        """Adds the samples of an OpenMetrics file to what is served, in large blocks, and returns how many all blocks hold. Before
        start or restart."""
        promtool("tsdb", "create-blocks-from", "--max-block-duration=744h", "-q", "openmetrics", openmetrics, self.data)
        head, *blocks = promtool("tsdb", "list", self.data).splitlines()
        column = re.split(r"\s{2,}", head).index("NUM SAMPLES")
        return sum(int(line.split()[column]) for line in blocks)

    def backfill_rates(self, start, end, step=60):
        """Adds what the recording rules would have recorded between two times. Restarts."""
        recorded = self.folder / "rates.om"
        rules = yaml.safe_load((SOURCE / "dashboards/prometheus/rules/recording.yml").read_text(encoding="utf-8"))
        recorded.write_text("".join(record_rates.rates(self, rules, start, end, step)), encoding="utf-8")
        self.backfill(recorded)
        self.restart()
