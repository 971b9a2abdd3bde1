"""leat-mock counts, logs, ends when told, and checks its command line.
"""
import contextlib
import json
import os
import signal
import subprocess

from harness import BINARY, SCRATCH, Server, ask, body, once, run, test, write



@test
def counters_add_up():
    with Server() as server:
        for _ in range(3):
            once(server)
        with contextlib.closing(server.client()) as client:
            ask(client, "{")
            ask(client, None, "GET", "/nowhere")
            stats = json.loads(ask(client, None, "GET", "/admin/stats").text)
            assert stats["requests"] == 5 and stats["answered"] == {"200": 3, "400": 1, "404": 1}
            assert stats["connections_accepted"] == 4 and stats["connections_open"] == 1
            assert stats["in_flight"] == 0 and stats["in_flight_max"] == 1
            assert stats["bytes_in"] > 500 and stats["bytes_out"] > 1500
            assert ask(client, None, "GET", "/admin/reset").status == 404
            assert ask(client, None, "POST", "/admin/reset").status == 200
            stats = json.loads(ask(client, None, "GET", "/admin/stats").text)
            assert stats["requests"] == 0 and stats["answered"] == {}
            assert stats["connections_open"] == 1


@test
def requests_are_logged():
    path = os.path.join(SCRATCH.name, "requests.log")
    texts = ["one", 'two "quoted"\n', "é" * 100, "y" * 61]
    with Server("--log", path) as server:
        for text in texts[:2]:
            once(server, text)
        server.stats()
        with open(path) as file:
            assert [json.loads(line) for line in file] == texts[:2]
        for text in texts[2:]:
            once(server, text)
    with open(path) as file:
        assert [json.loads(line) for line in file][2:] == ["é" * 30, "y" * 60]


@test
def it_ends_when_told():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Server() as server:
            server.process.send_signal(number)
            assert server.process.wait(timeout=2) == 0
    with Server() as server:
        with contextlib.closing(server.client()) as client:
            assert ask(client, None, "POST", "/admin/stop").status == 200
        assert server.process.wait(timeout=2) == 0


def command(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=5)


@test
def the_command_line_is_checked():
    result = command("--help")
    assert result.returncode == 0
    for option in ("--port", "--tls-port", "--ca-out", "--san", "--cert", "--tokens", "--seed",
                   "--echo", "--require-key", "--latency-ms", "--ttft-ms", "--token-ms",
                   "--fail-429", "--retry-after-date", "--script", "--rpm", "--tpm",
                   "--keepalive-requests", "--keepalive-s", "--log", "--quiet"):
        assert option in result.stdout, option
    for wrong in (["--nonsense"], ["--port"], ["--port", "x"], ["--port", "70000"],
                  ["--fail-429", "2"], ["--tokens", "9:3"],
                  ["--fail-429", "0.7", "--fail-500", "0.7"], ["--port", "off"], ["--cert", "bad"],
                  ["--echo=1"], ["--latency-ms", "lognormal:5"], ["--latency-ms", "-1"],
                  ["--seed", "-1"], ["--san", ""]):
        result = command(*wrong)
        assert result.returncode == 2 and result.stderr, wrong
    for line in ("1", "x ok", "1 nonsense", "*/0 ok", "1 raw=/no/such/file", "1 429 retry-after=x",
                 "1-x ok", "1 ok ok"):
        result = command("--script", write("script", line))
        assert result.returncode == 1 and "line 1" in result.stderr, line
    assert command("--script", "/no/such/file").returncode == 1
    with Server() as server:
        assert command("--port", str(server.port)).returncode == 1


run()
