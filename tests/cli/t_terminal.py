#!/usr/bin/env python3
"""A person at a terminal: the live line (drawn over itself, within the width, gone at the end),
plain lines elsewhere, colours only where they belong, Ctrl-C once and twice, SIGTERM, a producer
that takes its time."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from cli import ENVIRONMENT, LEAT, Mock, check, leave, path, prompts, records, run, said

ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def on_terminal(arguments, columns=100, environment=None, act=None):
    """Runs leat with stderr on a pseudo-terminal; act(child, seconds) may send signals. Returns
    (exit code, what was drawn, stdout)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    child = subprocess.Popen([LEAT, "run", *map(str, arguments)], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=slave, start_new_session=True,
                             env={**ENVIRONMENT, "TERM": "xterm", **(environment or {})})
    os.close(slave)
    drawn, data, started = b"", b"", time.monotonic()
    sources = [master, child.stdout.fileno()]
    while sources and time.monotonic() - started < 40:
        for ready in select.select(sources, [], [], 0.05)[0]:
            try:
                got = os.read(ready, 65536)
            except OSError:
                got = b""
            if not got:
                sources.remove(ready)
            elif ready == master:
                drawn += got
            else:
                data += got
        if act is not None:
            act(child, time.monotonic() - started)
    if child.poll() is None and sources:
        child.kill()
    child.stdout.close()
    os.close(master)
    return child.wait(10), drawn.decode(errors="replace"), data


def live_line(mock):
    source = prompts("live.jsonl", 120)
    base = [source, "-o", path("live.out"), "--base-url", mock.url, "-m", "m"]
    code, drawn, _ = on_terminal(base, environment={"LANG": "C.UTF-8"})
    frames = [frame for frame in drawn.split("\r\x1b[K") if frame.strip()]
    check("a live line is drawn over itself", code == 0 and len(frames) >= 5 and
          any("/120" in frame and "in flight" in frame for frame in frames), drawn[:1500])
    check("it shows done, ok, rate and time left", any(
        re.search(r"\d+/120  \d+ ok  \d+ failed  [\d.]+/s  ETA ", ESCAPE.sub("", frame))
        for frame in frames), frames[-2:])
    check("colours on a terminal", "\x1b[32m" in drawn, drawn[:300])
    end = drawn.rsplit("\x1b[K", 1)[-1]
    check("it is gone before the summary", "finished" in end and "in flight at most" in end,
          drawn[-600:])
    elapsed = 120 * 0.06 / 5
    check("at most ten frames a second", len(frames) <= elapsed * 10 + 15, len(frames))
    for columns in (40, 20):
        os.remove(path("live.out"))
        code, drawn, _ = on_terminal(base, columns)
        lines = [ESCAPE.sub("", frame) for frame in drawn.split("\r\x1b[K")][1:-1]
        check(f"it fits {columns} columns", code == 0 and lines and
              all(len(line) < columns for line in lines), lines[:3])
    os.remove(path("live.out"))
    _, drawn, _ = on_terminal(base, environment={"NO_COLOR": "1"})
    check("NO_COLOR is honoured", "\x1b[3" not in drawn and "/120" in drawn, drawn[:300])


def elsewhere(mock):
    source = prompts("plain.jsonl", 40)
    done = run(source, "--base-url", mock.url, "-m", "m")
    check("no escape and no live line in a pipe", b"\x1b" not in done.stderr and
          b"\r" not in done.stderr, done.stderr[:300])
    code, drawn, data = on_terminal([source, "--base-url", mock.url, "-m", "m"])
    check("stdout is clean while the live line runs", code == 0 and data.count(b"\n") == 40 and
          b"\x1b" not in data and "/40" in drawn, data[:200])


def slow_lines():
    with Mock("--latency-ms", "400") as mock:
        done = run(prompts("slow.jsonl", 70), "-o", path("slow.out"), "--base-url", mock.url,
                   "-m", "m", "-j", 5, timeout=30)
        lines = [line for line in said(done).splitlines() if "in flight, " in line]
        check("a plain line every five seconds", len(lines) == 1 and "/70 done" in lines[0],
              said(done))


def interrupted(name, signals, options=()):
    """signals: (seconds, signal) to send, counted from when the third five are on the wire: that they
    come in time does not hang on the machine's pace. Returns (exit code, stderr, records, the mock's
    requests up to then, and after --resume, seconds)."""
    with Mock("--latency-ms", "800", *options) as mock:
        source = prompts(f"{name}.jsonl", 200)
        left = list(signals)
        begun = []

        def act(child, seconds):
            if not begun and mock.stats()["requests"] > 10:
                begun.append(seconds)
            while begun and left and seconds - begun[0] >= left[0][0]:
                child.send_signal(left.pop(0)[1])

        base = [source, "-o", path(f"{name}.out"), "--base-url", mock.url, "-m", "m"]
        started = time.monotonic()
        code, drawn, _ = on_terminal(base, act=act)
        seconds = time.monotonic() - started
        got, sent = records(f"{name}.out"), mock.stats()["requests"]
        done = run(*base, "--resume", "-j", "64")
        check(f"{name}: --resume goes on to the end", done.returncode == 0 and
              sorted(record["id"] for record in records(f"{name}.out")) ==
              sorted(f"i{n}" for n in range(200)), said(done))
        return code, drawn, got, sent, mock.stats()["requests"], seconds


def interrupts():
    code, drawn, got, sent, requests, seconds = interrupted("drain", [(0, signal.SIGINT)])
    check("Ctrl-C once: exit 130, what was on the wire is on record", code == 130 and
          10 <= len(got) <= 20 and len(got) == sent and requests == 200 and seconds < 5,
          f"{code} {len(got)} {sent} {requests} {seconds}")
    check("Ctrl-C once: items that were not sent have no record",
          all(record["error"] is None for record in got) and "finishing what is on the wire" in
          drawn and "interrupted" in drawn, drawn[-800:])
    code, _, got, _, _, seconds = interrupted("hard", [(0, signal.SIGINT), (0.05, signal.SIGINT)])
    check("Ctrl-C twice stops at once", code == 130 and len(got) <= 15 and seconds < 4,
          f"{code} {len(got)} {seconds}")
    code, _, got, _, requests, _ = interrupted("term", [(0, signal.SIGTERM)])
    check("SIGTERM drains as Ctrl-C does", code == 130 and requests == 200, f"{code} {requests}")


def ctrl_c_and_the_built_in_server():
    source = prompts("group.jsonl", 200)
    sent = []

    def act(child, seconds):
        if seconds > 0.9 and not sent:
            sent.append(os.killpg(child.pid, signal.SIGINT))

    code, drawn, _ = on_terminal([source, "-o", path("group.out"), "--mock-options",
                                  "--latency-ms 300"], act=act)
    got = records("group.out")
    check("Ctrl-C for the whole group: the built-in server answers to the end", code == 130 and
          got and all(record["error"] is None for record in got), drawn[-600:])


def slow_producer(mock):
    child = subprocess.Popen([LEAT, "run", "-", "--base-url", mock.url, "-m", "m", "-q"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
    good = True
    for number in range(3):
        child.stdin.write(b'{"id":"s%d","prompt":"p"}\n' % number)
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], 5)
        good = good and bool(ready) and b"s%d" % number in os.read(child.stdout.fileno(), 65536)
    child.stdin.close()
    check("answers come while the producer is still thinking", good and child.wait(10) == 0, "")
    child.stdout.close()


def lines_by_items():
    done = run(prompts("every.jsonl", 50), "-o", path("every.out"), "--mock", "--progress", "line",
               "--progress-every", "20", "-j", "1")
    drawn = [line for line in said(done).splitlines() if " done, " in line]
    check("B13 lines of progress come after so many items each", len(drawn) == 2 and
          "20/50 done" in drawn[0] and "40/50 done" in drawn[1], drawn)


lines_by_items()
with Mock("--latency-ms", "50") as server:
    live_line(server)
    elsewhere(server)
    slow_producer(server)
slow_lines()
interrupts()
ctrl_c_and_the_built_in_server()
leave()
