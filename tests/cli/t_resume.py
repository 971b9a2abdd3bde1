#!/usr/bin/env python3
"""Nothing is lost: kill -9 at ten random moments and --resume give exactly one record per id, and
no kill makes more than max_in_flight requests go out twice. Cut lines, other settings, a file that
is in use or is none of ours, a full disk."""
import collections
import os
import random
import signal
import subprocess
import time

from cli import ENVIRONMENT, LEAT, Mock, check, leave, path, prompts, records, run, said

ITEMS = 1500
KILLS = 10


def start(*arguments):
    return subprocess.Popen([LEAT, "run", *map(str, arguments)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)


def kill_and_resume(in_flight, options, seed):
    median_ms = 4 * in_flight / 5
    with Mock("--latency-ms", f"lognormal:{median_ms}:0.6", "--seed", seed) as mock:
        source = prompts(f"kill{in_flight}.jsonl", ITEMS, "item {} here")
        out = path(f"kill{in_flight}.out")
        base = [source, "-o", out, "--base-url", mock.url, "-m", "m", "-j", in_flight, "--resume", "-q",
                *options]
        moments = random.Random(seed)
        pace = ITEMS * median_ms * 1.4e-3 / in_flight / (KILLS + 1)
        kills = 0
        for _ in range(KILLS):
            child = start(*base)
            time.sleep(0.05 + moments.uniform(0.2, 1.3) * pace)
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                kills += 1
            child.wait(10)
        last = run(*base)
        check(f"{in_flight} in flight: {kills} kills, then the run ends well",
              last.returncode == 0 and kills >= KILLS // 2, f"{kills} {last}")
        got = [record["id"] for record in records(os.path.basename(out))]
        check(f"{in_flight} in flight: exactly one record per id",
              sorted(got) == sorted(f"i{n}" for n in range(ITEMS)), f"{len(got)} {len(set(got))}")
        sent = collections.Counter(mock.texts())
        twice = sum(count - 1 for count in sent.values())
        check(f"{in_flight} in flight: {twice} requests sent again after {kills} kills, "
              f"at most {kills * in_flight}", twice <= kills * in_flight and
              len(sent) == ITEMS, sent.most_common(3))


def cut_and_refused():
    with Mock("--echo") as mock:
        source = prompts("cut.jsonl", 30)
        out = path("cut.out")
        base = [source, "-o", out, "--base-url", mock.url, "-m", "m"]
        run(*base)
        check("an output that is there is refused", run(*base).returncode == 2, "")
        with open(out, "rb") as file:
            data = file.read()
        with open(out, "wb") as file:
            file.write(data[:-100])
        done = run(*base, "--resume")
        check("a cut last line is repaired and its item done again", done.returncode == 0 and
              len({record["id"] for record in records("cut.out")}) == 30 ==
              len(records("cut.out")) and "cut" in said(done), said(done))
        for extra in (["--model", "other"], ["--system", "s"], ["--temperature", "1"]):
            done = run(*base, "--resume", *extra)
            check(f"other settings are refused: {extra[0]}", done.returncode == 2 and
                  "other settings" in said(done), said(done))
        done = run(*base, "--resume", "--model", "other", "--force")
        check("--force takes them", done.returncode == 0 and len(records("cut.out")) == 30,
              said(done))
        done = run(*base, "--resume", "-j", "9", "--timeout", "9")
        check("what only changes the pace is no other setting", done.returncode == 0, said(done))
        with open(path("strange"), "w", encoding="utf-8") as file:
            file.write("my diary\n")
        done = run(source, "-o", path("strange"), "--base-url", mock.url, "-m", "m", "--resume")
        with open(path("strange"), encoding="utf-8") as file:
            check("a file that is none of ours stays as it is", done.returncode == 2 and
                  file.read() == "my diary\n", said(done))
        with open(out, "wb") as file:
            file.write(data[:40])
        done = run(*base, "--resume")
        check("an output cut within its first line starts over", done.returncode == 0 and
              len(records("cut.out")) == 30, said(done))


def other_process():
    with Mock("--latency-ms", "100") as mock:
        source = prompts("busy.jsonl", 100)
        base = [source, "-o", path("busy.out"), "--base-url", mock.url, "-m", "m", "--resume"]
        child = start(*base)
        time.sleep(0.4)
        done = run(*base)
        check("a second run on the same output is refused", done.returncode == 2 and
              "another process" in said(done), said(done))
        child.kill()
        child.wait(10)


def full_disk():
    with Mock() as mock:
        source = prompts("full.jsonl", 200)
        done = run(source, "-o", "/dev/full", "--base-url", mock.url, "-m", "m")
        check("a full disk ends the run with exit 3", done.returncode == 3 and
              "No space" in said(done), said(done))
        limit = "ulimit -f 64; trap '' XFSZ; exec \"$@\""
        done = subprocess.run(["bash", "-c", limit, "-", LEAT, "run", source, "-o",
                               path("small.out"), "--base-url", mock.url, "-m", "m"], env=ENVIRONMENT,
                              capture_output=True, timeout=60, check=False)
        count = len(records("small.out"))
        check("a file that may not grow stays whole", done.returncode == 3 and 0 < count < 200,
              f"{count} {said(done)}")
        done = run(source, "-o", path("small.out"), "--base-url", mock.url, "-m", "m", "--resume")
        check("and --resume ends it", done.returncode == 0 and len(records("small.out")) == 200 ==
              len({record["id"] for record in records("small.out")}), said(done))


kill_and_resume(5, [], 1)
kill_and_resume(32, [], 2)
cut_and_refused()
other_process()
full_disk()
leave()
