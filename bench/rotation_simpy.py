#!/usr/bin/env python3
"""The model of rotation.yaml, written for SimPy 3: rotation_simpy.py INSTANCES [SEED].

Prints one JSON object: what it counted, by the same rules as credsim, and the CPU seconds of the simulation alone. Exits
with 77 where SimPy 3 is not installed.
"""

import json
import math
import random
import sys
import time

try:
    import simpy
except ImportError:
    print("rotation_simpy.py: needs SimPy 3: Debian's python3-simpy3", file=sys.stderr)
    sys.exit(77)

HOUR = 3600.0
DURATION = 24 * HOUR
LIFETIME = HOUR
LEAD = 300.0
JITTER = 60.0
AGENT_ATTEMPTS = 5
AGENT_INTERVAL = 60.0
NORMAL_P99 = 2.3263478740408408


class TokenBucket:
    """Grants a token or refuses at once; `next_token` says when to ask again."""

    def __init__(self, env, rate, burst):
        self.env, self.rate, self.burst = env, rate, burst
        self.tokens, self.at = burst, 0.0

    def try_take(self):
        self.tokens = min(self.burst, self.tokens + (self.env.now - self.at) * self.rate)
        self.at = self.env.now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def next_token(self):
        return (1 - self.tokens) / self.rate


class Rotation:
    """One cell. The counters are those of credsim's summary."""

    def __init__(self, instances, seed):
        self.env = simpy.Environment()
        self.draw = random.Random(seed)
        self.sts = TokenBucket(self.env, 2000, 4000)
        self.interfaces = TokenBucket(self.env, 500, 1000)
        self.interface_queue = simpy.Resource(self.env)
        self.instances = self.credentials = self.calls = self.calls_failed = self.events = 0
        for _ in range(instances):
            self.env.process(self.instance())

    def lognormal(self, median, p99):
        return self.draw.lognormvariate(math.log(median), math.log(p99 / median) / NORMAL_P99)

    def instance(self):
        yield self.env.timeout(self.draw.uniform(0, 4 * HOUR))
        self.events += 1
        self.instances += 1
        state = InstanceState()
        boot = self.draw.uniform(600, 1200)
        self.env.process(self.network(state, self.env.now + boot))
        yield self.env.timeout(boot)
        self.env.process(self.agent(state))
        self.env.process(self.script(state))

    def network(self, state, booted):
        asked = self.env.now
        with self.interface_queue.request() as turn:
            yield turn
            while not self.interfaces.try_take():
                yield self.env.timeout(self.interfaces.next_token())
        state.network_at = booted + self.env.now - asked + self.lognormal(20, 150)
        yield self.env.timeout(state.network_at - self.env.now)
        self.events += 1

    def agent(self, state):
        yield self.env.timeout(self.lognormal(5, 30))
        attempt = 0
        while True:
            self.events += 1
            attempt += 1
            if self.sts.try_take():
                attempt = 0
                yield self.env.timeout(self.lognormal(0.060, 0.400))
                self.credentials += 1
                state.expires = self.env.now + LIFETIME
                yield self.env.timeout(LIFETIME - LEAD - self.draw.uniform(0, JITTER))
            elif attempt == AGENT_ATTEMPTS:
                attempt = 0
                yield self.env.timeout(AGENT_INTERVAL)
            else:
                yield self.env.timeout(self.draw.uniform(0, min(60, 2 ** (attempt - 1))))

    def script(self, state):
        # Looks at the network every second. Looks that cannot find it are left out, as in credsim.
        while state.network_at is None:
            yield self.env.timeout(1)
        if state.network_at > self.env.now:
            yield self.env.timeout(math.ceil(state.network_at - self.env.now))
        held = None
        while True:
            yield self.env.timeout(self.draw.expovariate(1 / 600))
            self.events += 1
            self.calls += 1
            if held is None or held <= self.env.now:
                held = state.expires  # reads the profile
            if held is None or held <= self.env.now:
                self.calls_failed += 1


class InstanceState:
    __slots__ = ("network_at", "expires")

    def __init__(self):
        self.network_at = self.expires = None


def main(arguments):
    instances = int(arguments[1])
    seed = int(arguments[2]) if len(arguments) > 2 else 42
    began = time.process_time()
    rotation = Rotation(instances, seed)
    rotation.env.run(until=DURATION)
    spent = time.process_time() - began
    counts = {
        "instances": rotation.instances,
        "credentials": rotation.credentials,
        "calls": rotation.calls,
        "calls_failed": rotation.calls_failed,
        "events": rotation.events,
    }
    result = 0
    for count in counts.values():
        result = (result * 1000003 + count) % 1000000
    print(json.dumps({**counts, "result": result, "cpu_seconds": spent, "simpy": simpy.__version__}))


if __name__ == "__main__":
    main(sys.argv)
