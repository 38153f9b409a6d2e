#!/usr/bin/env python3
"""dashboards/review.sh serves a finished run with its rates, refuses a taken address, and leaves nothing behind after Ctrl-C."""
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "end_to_end")]
from program_harness import PROGRAM, busy_scenario, claim, folder, need_program, run, write_scenario  # noqa: E402
from prometheus_server import SOURCE, Prometheus, free_port  # noqa: E402


def main():
    need_program()
    with folder() as place:
        run("run", write_scenario(place, busy_scenario(instances=10)), "--db", "busy.db", "--quiet", cwd=place)
        temporary = Path(place) / "tmp"
        temporary.mkdir()
        address = f"127.0.0.1:{free_port()}"
        words = [str(SOURCE / "dashboards/review.sh"), "busy.db"]
        options = {"cwd": place, "text": True, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT,
                   "env": {**os.environ, "CREDSIM": PROGRAM, "CREDSIM_REVIEW_ADDRESS": address, "TMPDIR": str(temporary)}}
        # A session of its own, so that Ctrl-C reaches what a terminal would send it to, and not this test; and who started the
        # tests in the background made them deaf to it.
        hears = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
        with subprocess.Popen(words, start_new_session=True, preexec_fn=hears, **options) as review:
            said = ""
            for line in review.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            times = re.search(r"\?from=(\d+)000&to=(\d+)000 ", said)
            claim(times is not None, "it says when it serves the run", said)
            begin, end = map(int, times.groups())
            claim(end - begin == 3 * 3600 + 1, "from the run's begin to its end", said)
            prometheus = Prometheus(f"http://{address}")
            claim(prometheus.smallest_window(begin, end) == "120", "the rates are there, in the windows that reach two samples")
            issued = prometheus.query("sum(credsim_credentials_issued_total)", end)
            claim(float(issued[0]["value"][1]) > 0, "and so is the run")

            second = subprocess.run(words, check=False, timeout=60, **options)
            claim(second.returncode == 1 and "another Prometheus" in second.stdout, "a second one at that address is refused", second.stdout)
            claim(prometheus.smallest_window(begin, end) == "120", "which leaves the first alone")

            os.killpg(review.pid, signal.SIGINT)
            rest, _ = review.communicate(timeout=60)
            claim(review.returncode == 130, "Ctrl-C ends it", f"{review.returncode}: {rest}")
        claim(list(temporary.iterdir()) == [], "and nothing is left of it", str(list(temporary.iterdir())))


if __name__ == "__main__":
    main()
