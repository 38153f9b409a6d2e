"""A clock of whole microseconds in place of this process's own: sleeping takes no time, and tasks run one at a time.

Call `install` before whatever asks for the time is imported."""

import calendar
import datetime
import heapq
import itertools
import os
import threading
import time

RealDatetime = datetime.datetime


class Clock:
    """Time since a start, which only sleeping moves. Tasks are threads of which exactly one runs."""

    def __init__(self):
        self.now = 0
        self.start_seconds = 0
        self._due = []
        self._order = itertools.count()
        self._main = threading.Semaphore(0)
        self._tasks = 0

    def spawn(self, function, *arguments):
        """A task that `run` starts at the present moment."""
        baton = threading.Semaphore(0)

        def body():
            baton.acquire()
            try:
                function(*arguments)
            finally:
                self._tasks -= 1
                self._hand_over()

        self._tasks += 1
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        heapq.heappush(self._due, (self.now, next(self._order), baton))

    def run(self):
        """Until every task has ended."""
        self._hand_over()
        self._main.acquire()

    def sleep_until(self, moment):
        if moment <= self.now:
            return
        if not self._due or self._due[0][0] > moment:
            self.now = moment
            return
        baton = threading.Semaphore(0)
        heapq.heappush(self._due, (moment, next(self._order), baton))
        self._hand_over()
        baton.acquire()

    def sleep(self, seconds):
        """What stands for time.sleep."""
        self.sleep_until(self.now + max(0, round(seconds * 1_000_000)))

    def time(self):
        return self.start_seconds + self.now / 1_000_000

    def utc(self):
        return RealDatetime(1970, 1, 1) + datetime.timedelta(seconds=self.start_seconds, microseconds=self.now)

    def _hand_over(self):
        if self._due:
            moment, _, baton = heapq.heappop(self._due)
            self.now = max(self.now, moment)
            baton.release()
        elif self._tasks == 0:
            self._main.release()


class VirtualCondition:
    """threading.Condition for one waiter whose waits end by their time-out, in virtual time."""

    def __init__(self, clock, lock):
        self._clock = clock
        self._lock = lock

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *arguments):
        return self._lock.__exit__(*arguments)

    def wait(self, timeout):
        self._lock.release()
        try:
            self._clock.sleep(timeout)
        finally:
            self._lock.acquire()

    def notify(self):
        pass


def install(start):
    """Puts a clock that begins at `start` (2026-01-05T08:00:00Z) in the place of `time` and `datetime`, and returns it."""
    clock = Clock()
    clock.start_seconds = calendar.timegm(time.strptime(start, "%Y-%m-%dT%H:%M:%SZ"))

    class TakesRealOnes(type):
        def __instancecheck__(cls, value):
            return isinstance(value, RealDatetime)

    class VirtualDatetime(RealDatetime, metaclass=TakesRealOnes):
        @classmethod
        def now(cls, tz=None):
            moment = clock.utc()
            return moment if tz is None else moment.replace(tzinfo=datetime.timezone.utc).astimezone(tz)

        @classmethod
        def utcnow(cls):
            return clock.utc()

    os.environ["TZ"] = "UTC"
    time.tzset()
    datetime.datetime = VirtualDatetime
    time.time = time.monotonic = time.perf_counter = clock.time
    time.sleep = clock.sleep
    return clock
