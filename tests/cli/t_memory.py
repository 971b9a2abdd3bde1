#!/usr/bin/env python3
"""Any size of input in the same memory: resident pages of the last tenth of a run against those
of the first, without the id table. LEAT_CLI_LINES sets the lines (100000; the full size is
1000000)."""
import os
import subprocess
import time

from cli import ENVIRONMENT, LEAT, Mock, check, leave, path, records

LINES = int(os.environ.get("LEAT_CLI_LINES", "100000"))
ALLOWED_KIB = 2048


def resident_kib(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def middle(samples):
    """The first sample or two show a process that has not begun."""
    return sorted(samples)[len(samples) // 2] if samples else 0


def lines_of(name):
    with open(path(name), "rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def watch(name, options):
    """Samples (share of the output written, resident KiB) until the run ends."""
    child = subprocess.Popen([LEAT, "run", path("large.jsonl"), "-o", path(name), *options],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, env=ENVIRONMENT)
    samples = []
    while child.poll() is None:
        written = os.path.getsize(path(name)) if os.path.exists(path(name)) else 0
        samples.append((written, resident_kib(child.pid)))
        time.sleep(0.01)
    errors = child.stderr.read().decode()
    child.stderr.close()
    end = os.path.getsize(path(name))
    tenths = [[kib for written, kib in samples if kib > 0 and low < written <= low + end / 10]
              for low in (end * part / 10 for part in range(10))]
    return child.returncode, tenths, errors


with Mock("--tokens", "8") as mock:
    with open(path("large.jsonl"), "w", encoding="ascii") as file:
        for number in range(LINES):
            file.write('{"id":"i%d","prompt":"Tell me about number %d."}\n' % (number, number))
    base = ["--base-url", mock.url, "-m", "m", "-j", "32"]
    code, tenths, errors = watch("flat.out", [*base, "--no-id-check"])
    seen = [max(tenth, default=0) for tenth in tenths]
    grown = seen[-1] - middle(tenths[0])
    check(f"{LINES} lines: exit 0, a record each", code == 0 and lines_of("flat.out") ==
          LINES + 1, f"{code} {errors}")
    check(f"{LINES} lines: resident memory is flat ({seen[0]} KiB, then {seen[-1]} KiB)",
          bool(tenths[0]) and grown <= ALLOWED_KIB, seen)
    os.remove(path("flat.out"))
    code, tenths, errors = watch("ids.out", base)
    table_kib = (LINES + LINES // 8 + 1024) * 16 // 1024 + 64
    seen = [max(tenth, default=0) for tenth in tenths]
    grown = seen[-1] - middle(tenths[0])
    check(f"{LINES} lines with ids: no more than the id table on top", code == 0 and
          bool(tenths[0]) and grown <= ALLOWED_KIB + table_kib and
          "16 B x" in errors, f"{seen} {errors}")
    ids = {record["id"] for record in records("ids.out")} if LINES <= 200000 else None
    check(f"{LINES} lines: every id once", ids is None or len(ids) == LINES ==
          lines_of("ids.out") - 1, "")
leave()
