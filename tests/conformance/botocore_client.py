"""The installed botocore as the client of a job: reads the job (README.md) on standard input, answers on standard output.

Its clock, its sleeps, the credential helper's process and the sockets are replaced; all else is botocore's own."""

import email.utils
import io
import json
import os
import random
import socket
import sys
import tempfile

import virtual_time

PROFILE = "appstream_machine_role"
SYN_SECONDS = (0, 1, 3, 7, 15, 31, 63)  # Linux sends a SYN again after 1, 2, 4, … seconds
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "answers.json"), encoding="utf-8") as file:
    ANSWERS = json.load(file)


class Service:
    """The endpoint: an error share, a token bucket, and which credentials have expired. Answers by virtual time."""

    def __init__(self, clock, job):
        self._clock = clock
        self._answers = ANSWERS[job["service"]]
        self._errors = job.get("error_share", 0)
        self._bucket = job.get("bucket")
        self._tokens = self._bucket["burst"] if self._bucket else 0
        self._filled = 0
        self._random = random.Random(job["seed"])

    def answer(self, instance, request):
        key = request.split(b"Credential=", 1)[1].split(b"/", 1)[0].decode() if b"Credential=" in request else None
        outcome = self._outcome(instance, key)
        said = self._answers["success"] if outcome == "success" else self._answers["errors"][outcome]
        body = (said["body"] if outcome == "success" else self._answers["error_body"].replace("CODE", said["code"])).encode()
        date = email.utils.formatdate(self._clock.time(), usegmt=True)
        head = (f"HTTP/1.1 {said['status']} Status\r\nDate: {date}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
                "Connection: close\r\n\r\n")
        return head.encode() + body

    def _outcome(self, instance, key):
        if key is not None and self._clock.now >= instance.expiry_of(key):
            return "expired_token"
        if self._bucket and not self._take():
            return "throttled"
        if self._errors and self._random.random() < self._errors:
            return "service_unavailable"
        return "success"

    def _take(self):
        refilled = (self._clock.now - self._filled) / 1_000_000 * self._bucket["rate"]
        self._tokens = min(self._bucket["burst"], self._tokens + refilled)
        self._filled = self._clock.now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Instance:
    """What one streaming instance has at the present moment, and what its client did."""

    def __init__(self, clock, described):
        self._clock = clock
        self.described = described
        self.credentials = described["credentials"]
        self.helper_runs = []
        self.attempts = []

    def newest(self):
        delivered = [number for number, (issued, _) in enumerate(self.credentials) if issued <= self._clock.now]
        return delivered[-1] if delivered else None

    def expiry_of(self, key):
        return self.credentials[int(key[4:])][1]

    def helper(self):
        """The credential helper's exit code and standard output."""
        self.helper_runs.append(self._clock.now)
        number = self.newest()
        if number is None or any(since <= self._clock.now < until for since, until in self.described.get("helper_fails", [])):
            return 1, b""
        expires = virtual_time.RealDatetime(1970, 1, 1) + virtual_time.datetime.timedelta(
            seconds=self._clock.start_seconds, microseconds=self.credentials[number][1])
        said = {"Version": 1, "AccessKeyId": f"ASIA{number:012}", "SecretAccessKey": "secret", "SessionToken": "token",
                "Expiration": expires.isoformat(timespec="microseconds") + "Z"}
        return 0, json.dumps(said).encode()


class World:
    """Puts the instance whose task runs behind botocore's helper process and sockets."""

    def __init__(self, clock, job):
        self.clock = clock
        self.service = Service(clock, job)
        self.fast_failures = job.get("fast_failures", 1)
        self.here = virtual_time.threading.local()
        self.random = random.Random(job["seed"] + 1)

    def popen(self, *_, **__):
        code, output = self.here.instance.helper()

        class Ended:
            returncode = code

            def communicate(self):
                return output, b"the helper failed"

        return Ended()

    def connect(self, address, timeout=None, **_):
        """urllib3's create_connection: the SYN, sent again until the path is open or the client has waited enough."""
        instance = self.here.instance
        began = self.clock.now
        instance.attempts.append(began)
        opens = instance.described.get("network", 0)
        if began < opens and self.random.random() < self.fast_failures:
            raise OSError(101, "Network is unreachable")
        for seconds in SYN_SECONDS:
            moment = began + seconds * 1_000_000
            if timeout is not None and seconds >= timeout:
                break
            if moment >= opens:
                self.clock.sleep_until(moment)
                return Connection(self, instance)
        self.clock.sleep_until(began + int(timeout * 1_000_000))
        raise socket.timeout("timed out")


class Connection:
    """A socket that has answered before it is read."""

    def __init__(self, world, instance):
        self._world = world
        self._instance = instance
        self._sent = b""

    def sendall(self, data, *_):
        self._sent += bytes(data)

    def makefile(self, *_, **__):
        return io.BytesIO(self._world.service.answer(self._instance, self._sent))

    def settimeout(self, *_):
        pass

    def setsockopt(self, *_):
        pass

    def shutdown(self, *_):
        pass

    def close(self):
        pass


def reason_of(error):
    """MODEL.md's word for what a call raised."""
    from botocore import exceptions
    if isinstance(error, exceptions.ClientError):
        code = error.response["Error"]["Code"]
        words = {said["code"]: reason for service in ANSWERS.values() for reason, said in service["errors"].items()}
        return words.get(code, code)
    if isinstance(error, (exceptions.ConnectTimeoutError, exceptions.EndpointConnectionError)):
        return "network_unavailable"
    if isinstance(error, (exceptions.NoCredentialsError, exceptions.ProfileNotFound)):
        return "no_credentials"
    if isinstance(error, exceptions.CredentialRetrievalError) or "still expired" in str(error):
        return "refresh_failed"
    return type(error).__name__


class Process:
    """A script's process on an instance: makes its client once and calls when the job says."""

    def __init__(self, world, job, described, loader, folder):
        self._world = world
        self._job = job
        self._instance = Instance(world.clock, described)
        self._loader = loader
        self._folder = folder
        self.made = None
        self.calls = []

    def run(self):
        self._world.here.instance = self._instance
        self._world.clock.sleep_until(self._instance.described["made_at"])
        each_anew = self._job.get("holds") == "per_call"
        client = None if each_anew else self._try_to_make()
        for moment in self._instance.described["calls"]:
            self._world.clock.sleep_until(moment)
            self.calls.append(self._call(self._try_to_make() if each_anew else client))

    def _try_to_make(self):
        try:
            client = self._make()
            self.made = "made"
            return client
        except Exception as error:
            self.made = type(error).__name__
            return None

    def result(self):
        return {"made": self.made, "helper_runs": self._instance.helper_runs, "calls": self.calls}

    def _make(self):
        import botocore.session
        from botocore.config import Config
        if self._instance.newest() is None and self._job.get("before_first") != "helper_fails":
            profile = self._folder.profiles[self._job.get("before_first", "no_profile")]
        else:
            profile = self._folder.profiles["helper"]
        session = botocore.session.Session(profile=PROFILE)
        session.set_config_variable("config_file", profile)
        session.register_component("data_loader", self._loader)
        options = {}
        retries = {key: self._job[given] for key, given in (("mode", "retry_mode"), ("total_max_attempts", "max_attempts"))
                   if self._job.get(given) is not None}
        if retries:
            options["retries"] = retries
        keys = {}
        if self._job.get("holds") == "static":
            credentials = session.get_credentials().get_frozen_credentials()
            keys = dict(aws_access_key_id=credentials.access_key, aws_secret_access_key=credentials.secret_key,
                        aws_session_token=credentials.token)
        return session.create_client(self._job["service"], region_name="us-east-1", use_ssl=False, config=Config(**options), **keys)

    def _call(self, client):
        clock = self._world.clock
        call = {"at": clock.now}
        before = len(self._instance.attempts)
        if client is None:
            # A new client found a set before, so it is the helper that failed now.
            had_one = self._job.get("holds") == "per_call" and self._instance.newest() is not None
            call["reason"] = "refresh_failed" if had_one else "no_credentials"
        else:
            try:
                (client.describe_instances if self._job["service"] == "ec2" else client.get_caller_identity)()
                call["reason"] = None
            except Exception as error:
                call["reason"] = reason_of(error)
                call["raised"] = type(error).__name__
        attempts = self._instance.attempts[before:]
        call.update(end=clock.now, attempts=len(attempts), last=attempts[-1] if attempts else clock.now)
        return call


class Profiles:
    """Configuration files: with the helper, without the profile, and with a profile that says nothing."""

    def __init__(self, folder):
        texts = {"helper": f"[profile {PROFILE}]\ncredential_process = helper\n", "no_profile": "",
                 "empty_profile": f"[profile {PROFILE}]\nregion = us-east-1\n"}
        self.profiles = {}
        for name, text in texts.items():
            self.profiles[name] = os.path.join(folder, name)
            with open(self.profiles[name], "w", encoding="utf-8") as file:
                file.write(text)


def replace_outside(world):
    """The helper's process, the sockets and the one wait that is no sleep."""
    import botocore.credentials
    import botocore.retries.bucket
    import urllib3.util.connection
    load = botocore.credentials.ProcessProvider.__init__

    def with_our_processes(self, profile_name, load_config, popen=None):
        load(self, profile_name, load_config, popen=world.popen)

    botocore.credentials.ProcessProvider.__init__ = with_our_processes
    urllib3.util.connection.create_connection = world.connect

    class Threading:
        Lock = virtual_time.threading.Lock

        @staticmethod
        def Condition(lock):
            return virtual_time.VirtualCondition(world.clock, lock)

    botocore.retries.bucket.threading = Threading


def main():
    job = json.load(sys.stdin)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update({"AWS_EC2_METADATA_DISABLED": "true", **job.get("environment", {})})
    clock = virtual_time.install(job["start"])
    virtual_time.threading.stack_size(1 << 19)
    import botocore
    import botocore.loaders
    random.seed(job["seed"])
    world = World(clock, job)
    replace_outside(world)
    with tempfile.TemporaryDirectory(prefix="credsim-conformance-") as place:
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.path.join(place, "none")
        folder = Profiles(place)
        loader = botocore.loaders.create_loader()
        processes = [Process(world, job, described, loader, folder) for described in job["instances"]]
        for process in processes:
            clock.spawn(process.run)
        clock.run()
    json.dump({"client": f"botocore {botocore.__version__}", "instances": [process.result() for process in processes]}, sys.stdout)


if __name__ == "__main__":
    main()
