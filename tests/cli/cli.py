"""What the tests of the command share: the built program, the loopback server, a scratch folder,
and the `ok - name` / `not ok - name` lines that tests/run.sh counts. Loopback only; every process
that is started here is ended here."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.environ.get("LEAT_BUILD", os.path.join(ROOT, "build", "gcc-release"))
LEAT = os.path.join(BUILD, "examples", "cli", "leat")
MOCK = os.path.join(BUILD, "examples", "mock", "leat-mock")
# Neither a key nor a proxy of the machine may find its way in.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.lower().endswith(("_api_key", "_proxy")) and name != "NO_COLOR"}

failed = 0
folder = tempfile.mkdtemp(prefix="leat-cli-")
atexit.register(shutil.rmtree, folder, True)


def check(name, good, detail=""):
    global failed
    print(f"{'ok' if good else 'not ok'} - cli: {name}", flush=True)
    if not good:
        failed += 1
        for line in str(detail)[-2000:].splitlines():
            print(f"#   {line}", flush=True)
    return good


def leave():
    sys.exit(1 if failed else 0)


def path(name):
    return os.path.join(folder, name)


def write(name, lines):
    """lines: str, bytes or a dict each."""
    with open(path(name), "wb") as file:
        for line in lines:
            if isinstance(line, dict):
                line = json.dumps(line, ensure_ascii=False)
            file.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
    return path(name)


def prompts(name, count, text="Question {}?"):
    return write(name, ({"id": f"i{n}", "prompt": text.format(n)} for n in range(count)))


def run(*arguments, stdin=None, environment=None, timeout=60):
    """leat run ...; stdin is bytes."""
    return subprocess.run([LEAT, "run", *map(str, arguments)], input=stdin, timeout=timeout,
                          stdin=subprocess.DEVNULL if stdin is None else None,
                          capture_output=True, env={**ENVIRONMENT, **(environment or {})},
                          check=False)


def said(done):
    return done.stderr.decode(errors="replace")


def records(name):
    """The records of an output, its first line (the settings) left out; fails on a bad line."""
    with open(path(name), "rb") as file:
        data = file.read()
    if data and not data.endswith(b"\n"):
        raise ValueError("the last line is cut")
    lines = [json.loads(line) for line in data.splitlines()]
    return [line for line in lines if "leat_journal" not in line]


def by_id(name):
    return {record["id"]: record for record in records(name)}


class Mock:
    """leat-mock in a process of its own, plain HTTP unless tls."""

    def __init__(self, *options, tls=False):
        self.log = path(f"mock-{id(self)}.log")
        self.ca = path(f"ca-{id(self)}.pem")
        extra = ["--tls-port", "0", "--ca-out", self.ca] if tls else []
        self.process = subprocess.Popen(
            [MOCK, "--port", "0", "--log", self.log, *extra, *map(str, options)],
            stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.port = int(self.process.stdout.readline().split(":")[-1])
        self.tls_port = 0
        if tls:
            words = self.process.stdout.readline().split()
            self.tls_port = int(words[1].split(":")[-1])
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def stats(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/admin/stats", timeout=5) as got:
            return json.load(got)

    def texts(self):
        """The prompts that arrived, in order."""
        self.stats()  # which also writes out the log
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return [json.loads(line) for line in file]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
