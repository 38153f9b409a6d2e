#!/usr/bin/env python3
"""Holds the direction of dependency: reads every #include of sim/ and include/ and fails on a forbidden arrow.

scenario -> model -> engine, then recorders -> report. This file is the one place where the arrows are written down.
"""

import os
import re
import sys
from pathlib import Path

SOURCE = Path(os.environ.get("CREDSIM_SOURCE", Path(__file__).resolve().parents[2]))

# The public headers that carry no model: what the engine and, in part, the policies are made of.
ENGINE_HEADERS = {"time", "random", "distribution", "pending_event_set", "token_bucket", "log_histogram"}

# What a folder of sim/ may include besides itself and the standard library.
#   folders       other folders of sim/, or one header of one ("engine/contract.hpp")
#   public        the public headers allowed (None: all but those in `not_public`)
#   libraries     third-party and operating-system headers by prefix, in headers as in sources
#   in_cpp        the same, but in .cpp files only
ARROWS = {
    "engine": {"public": ENGINE_HEADERS, "in_cpp": ["sys/mman.h"]},
    # prerequisites.hpp and call_request.hpp are public headers of iam's own; they bring plain data, no model.
    "iam": {"public": {"policy", "time", "partition", "prerequisites", "call_request"}, "libraries": ["nlohmann/"], "in_cpp": ["arpa/inet.h"]},
    "model": {
        "folders": ["engine", "iam"],
        "not_public": {"scenario_reader", "audit_store", "estimate", "sweep", "plan", "report"},
    },
    "scenario": {
        "folders": ["iam"],
        "not_public": {"cell", "pending_event_set", "record", "audit_store", "estimate", "sweep", "plan", "report"},
        "libraries": ["nlohmann/"],
        "in_cpp": ["yaml-cpp/"],
    },
    "record": {
        "folders": ["engine/contract.hpp", "engine/started_thread.hpp"],
        "not_public": {"cell", "scenario_reader", "plan", "report"},
        "in_cpp": ["sqlite3.h", "openssl/", "prometheus/", "boost/asio", "nlohmann/", "unistd.h", "fcntl.h", "sys/"],
    },
    "plan": {
        "folders": ["record", "engine/contract.hpp", "engine/crew.hpp"],
        "not_public": {"report"},
        "libraries": ["nlohmann/"],
        "in_cpp": ["boost/math/", "boost/asio"],
    },
    "report": {
        "folders": ["record", "engine/contract.hpp"],
        "not_public": {"cell", "pending_event_set"},
        "libraries": ["nlohmann/"],
    },
    "program": {
        "folders": ["engine", "iam", "model", "scenario", "record", "plan", "report"],
        "libraries": [""],  # anything
    },
}

# Public headers serve everyone: they are made of the standard library and of one another.
PUBLIC_LIBRARIES = ["nlohmann/json_fwd.hpp"]
PUBLIC_NARROW = {"policy": {"time"}, **{name: ENGINE_HEADERS for name in ENGINE_HEADERS}}

# <random>'s distributions differ between standard libraries; the draws are ours (credsim/random.hpp).
FORBIDDEN_STANDARD = {"random"}
# Nothing that decides what happens in a simulation reads a file or the wall clock.
PURE_FOLDERS = {"engine", "iam", "model"}
PURE_FORBIDDEN_STANDARD = {"fstream", "iostream", "filesystem", "ctime"}
WALL_CLOCK = re.compile(r"\b(system_clock|steady_clock|high_resolution_clock|gettimeofday|clock_gettime)\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(2)


def is_standard(name):
    return "/" not in name and "." not in name


def starts(name, prefixes):
    return any(name.startswith(prefix) for prefix in prefixes)


def public_name(name):
    return Path(name).stem if name.startswith("credsim/") else None


def judge(folder, path, name):
    """Says what is wrong with `name` included by `path` of sim/`folder`, or None."""
    row = ARROWS[folder]
    if is_standard(name):
        if name in FORBIDDEN_STANDARD or (folder in PURE_FOLDERS and name in PURE_FORBIDDEN_STANDARD):
            return f"<{name}> is not for {folder}"
        return None
    public = public_name(name)
    if public is not None:
        allowed = row.get("public")
        if (allowed is not None and public not in allowed) or public in row.get("not_public", ()):
            return f"{folder} may not know {name}"
        return None
    first = name.split("/")[0]
    if name.startswith("../"):
        return f"write {name} from the root of sim/"
    # A folder of its own, or a header named without a folder: beside the file.
    if first == folder or ("/" not in name and (path.parent / name).exists()):
        return None
    if first in ARROWS:
        return None if starts(name, row.get("folders", ())) else f"{folder} may not know {name}"
    libraries = list(row.get("libraries", ()))
    if path.suffix == ".cpp":
        libraries += row.get("in_cpp", ())
    elif starts(name, row.get("in_cpp", ())):
        return f"{name} belongs in a .cpp file"
    return None if starts(name, libraries) else f"{folder} may not use {name}"


def check_sim(faults):
    count = 0
    for path in sorted((SOURCE / "sim").rglob("*.[ch]pp")):
        relative = path.relative_to(SOURCE)
        folder = relative.parts[1]
        if folder not in ARROWS:
            faults.append(f"{relative}:1: sim/{folder} has no row in ARROWS (tests/end_to_end/include_direction_test.py)")
            continue
        for number, name in includes(path):
            count += 1
            fault = judge(folder, path, name)
            if fault:
                faults.append(f"{relative}:{number}: {fault}")
        if folder in PURE_FOLDERS:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                found = WALL_CLOCK.search(line.split("//")[0])
                if found:
                    faults.append(f"{relative}:{number}: {folder} may not read the wall clock ({found.group(1)})")
    return count


def check_public(faults):
    count = 0
    graph = {}
    for path in sorted((SOURCE / "include" / "credsim").glob("*.hpp")):
        relative = path.relative_to(SOURCE)
        graph[path.stem] = set()
        for number, name in includes(path):
            count += 1
            public = public_name(name)
            if public is not None:
                graph[path.stem].add(public)
                if path.stem in PUBLIC_NARROW and public not in PUBLIC_NARROW[path.stem]:
                    faults.append(f"{relative}:{number}: {path.stem} may not know {name}")
            elif name in FORBIDDEN_STANDARD or not (is_standard(name) or name in PUBLIC_LIBRARIES):
                faults.append(f"{relative}:{number}: a public header may not include {name}")
    # No circles: take away headers whose includes are all gone until none is left.
    left = dict(graph)
    while True:
        ready = [name for name, needs in left.items() if not needs & left.keys()]
        if not ready:
            break
        for name in ready:
            del left[name]
    if left:
        faults.append(f"include/credsim: these include one another in a circle: {', '.join(sorted(left))}")
    return count


def check_judge():
    """The judge itself, on arrows known to be right and wrong: a check that can't fail checks nothing."""
    cpp, hpp = SOURCE / "sim/x/x.cpp", SOURCE / "sim/x/x.hpp"
    right = [
        ("engine", cpp, "vector"), ("engine", cpp, "engine/contract.hpp"), ("model", cpp, "iam/wildcard.hpp"),
        ("iam", hpp, "nlohmann/json.hpp"), ("record", cpp, "sqlite3.h"), ("record", cpp, "engine/contract.hpp"),
        ("program", cpp, "boost/program_options.hpp"), ("report", cpp, "record/x.hpp"), ("iam", cpp, "credsim/policy.hpp"),
    ]
    wrong = [
        ("engine", cpp, "model/x.hpp"), ("engine", cpp, "credsim/scenario.hpp"), ("iam", cpp, "engine/contract.hpp"),
        ("model", cpp, "record/x.hpp"), ("model", cpp, "fstream"), ("scenario", cpp, "credsim/audit_store.hpp"),
        ("record", hpp, "sqlite3.h"), ("record", cpp, "engine/exact_math.hpp"), ("report", cpp, "model/x.hpp"),
        ("plan", cpp, "sqlite3.h"), ("report", cpp, "program/x.hpp"), ("plan", cpp, "random"),
    ]
    for case in right:
        assert judge(*case) is None, case
    for case in wrong:
        assert judge(*case) is not None, case


def main():
    check_judge()
    faults = []
    count = check_sim(faults) + check_public(faults)
    for fault in faults:
        print(fault)
    print(f"{count} includes read, {len(faults)} against the direction of dependency")
    return 1 if faults or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
