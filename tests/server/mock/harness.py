"""What the tests of leat-mock share: a server of one's own, requests, answers, the runner.

Each test file names its tests with @test and ends with run(). Standard library only. Each test
starts its own server on loopback and stops it by its process id.
"""
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

BINARY = sys.argv[1] if len(sys.argv) > 1 else "build/leat-mock"
FILTER = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "-v" else ""
SCRATCH = tempfile.TemporaryDirectory(prefix="leat-mock-test-")
TESTS = []
ODD_TEXTS = ["", "plain", 'q"b\\s/', "\x00\x01\x1f\x7f", "tab\tnl\ncr\r\b\f",
             "é ß 漢字 😀 \u2028 \ufffd", "a" * 7 + "é" * 9, "x" * 400_000, ("é\"\n😀" * 5000)]


def test(function):
    TESTS.append(function)
    return function


class Server:
    def __init__(self, *options, script=None, **popen):
        self.ca = os.path.join(SCRATCH.name, f"ca-{random.getrandbits(48):x}.pem")
        arguments = [BINARY, "--ca-out", self.ca, *map(str, options)]
        if script is not None:
            arguments += ["--script", write("script", script)]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **popen)
        self.port = self.tls_port = 0
        for _ in range(("--tls-port" in options) + ("off" not in options)):
            line = self.process.stdout.readline()
            port = int(line.split()[1].rsplit(":", 1)[1])
            if line.startswith("listening https"):
                self.tls_port = port
            else:
                self.port = port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=5)
        self.process.stdout.close()
        assert code == 0, f"server ended with {code}"

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)

    def context(self, **kind):
        context = ssl.create_default_context(cafile=self.ca, **kind)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.hostname_checks_common_name = False
        return context

    def raw(self, data=b"", host="127.0.0.1"):
        sock = socket.create_connection((host, self.port), timeout=5)
        sock.sendall(data)
        return sock

    def stats(self):
        with contextlib.closing(self.client()) as client:
            return json.loads(ask(client, None, "GET", "/admin/stats").text)

    def exchange(self, data):
        """Sends bytes, returns everything until the server closes (or b'RESET' appended)."""
        with self.raw(data) as sock:
            return drain(sock)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    def json(self):
        return json.loads(self.text)

    def content(self, index=0):
        return self.json()["choices"][index]["message"]["content"]


def write(name, text):
    path = os.path.join(SCRATCH.name, f"{name}-{random.getrandbits(48):x}")
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def drain(sock):
    out = b""
    try:
        while True:
            data = sock.recv(65536)
            if not data:
                return out
            out += data
    except ConnectionResetError:
        return out + b"RESET"


def body(prompt="hello", **more):
    return {"model": "m-1", "messages": [{"role": "user", "content": prompt}], **more}


def ask(client, payload=None, method="POST", path="/v1/chat/completions", headers={}):
    if payload is not None and not isinstance(payload, (bytes, str)):
        payload = json.dumps(payload)
    client.request(method, path, payload, {"Content-Type": "application/json", **headers})
    return Answer(client.getresponse())


def sse(text):
    """The (event, data) pairs of a stream of server-sent events."""
    found = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.split("\n") if line)
        if fields:
            found.append((fields.get("event"), fields["data"]))
    return found


def once(server, prompt="hello", **more):
    with contextlib.closing(server.client()) as client:
        return ask(client, body(prompt, **more))


def request_bytes(payload, extra="", version="1.1", path="/v1/chat/completions"):
    data = json.dumps(payload).encode()
    head = (f"POST {path} HTTP/{version}\r\nHost: x\r\n{extra}"
            f"Content-Length: {len(data)}\r\n\r\n")
    return head.encode() + data


def events(text):
    return [part[6:] for part in text.split("\n\n") if part]


def streamed(text):
    parts = events(text)
    assert parts[-1] == "[DONE]", parts[-1]
    chunks = [json.loads(part) for part in parts[:-1]]
    said = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            said.setdefault(choice["index"], "")
            said[choice["index"]] += choice["delta"].get("content", "")
    return chunks, said


def run():
    """Runs the tests of the file that calls it; the exit status says whether all passed."""
    begin = time.monotonic()
    passed = failed = 0
    for function in TESTS:
        if FILTER not in function.__name__:
            continue
        started = time.monotonic()
        try:
            function()
            passed += 1
            print(f"ok - mock: {function.__name__}", flush=True)
        except Exception as error:  # a failing test must not hide the others
            failed += 1
            frame = error.__traceback__
            while frame.tb_next and frame.tb_frame.f_code.co_name != function.__name__:
                frame = frame.tb_next
            print(f"not ok - mock: {function.__name__}", flush=True)
            said = " ".join(str(error).split())[:300]
            print(f"#   line {frame.tb_lineno}: {type(error).__name__}: {said}")
        if "-v" in sys.argv:
            print(f"# {time.monotonic() - started:.2f} s")
    print(f"# {passed} passed, {failed} failed ({time.monotonic() - begin:.1f} s)")
    sys.exit(1 if failed else 0)
