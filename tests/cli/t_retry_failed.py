#!/usr/bin/env python3
"""`leat retry-failed`: only what failed goes out again, new records take the place of the old ones, each
id stands there once; and a kill -9 at any moment loses nothing."""
import collections
import os
import random
import signal
import subprocess
import time

from cli import ENVIRONMENT, LEAT, Mock, by_id, check, leave, path, records, run, said, write


def retry(*arguments, timeout=60):
    return subprocess.run([LEAT, "retry-failed", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, env=ENVIRONMENT, timeout=timeout, check=False)


def statuses(name):
    return collections.Counter(record["leat"]["status"] for record in records(name))


def once(name, count):
    ids = [record["id"] for record in records(name)]
    return len(ids) == count and set(ids) == {f"i{n}" for n in range(count)}


def with_fates(name, count, fates):
    return write(name, ({"id": f"i{n}", "prompt": f"Question {n}?" + fates.get(n % 10, "")}
                        for n in range(count)))


def only_what_failed():
    source = with_fates("some.jsonl", 100, {3: " [[mock:500x1]]", 5: " [[mock:429x1]]", 7: " [[mock:400]]"})
    out = path("some.out")
    with Mock("--echo") as mock:
        base = [source, "-o", out, "--base-url", mock.url, "-m", "m", "--max-attempts", 1, "--cooldown",
                0.01, "--slow-start", 0, "--retry-quota", 0]
        done = run(*base, "--rate-limit-retries", 0, "-j", 20)
        before = by_id("some.out")
        check("there are failures of three kinds", done.returncode == 1 and statuses("some.out") ==
              {"ok": 70, "server": 10, "rate_limit": 10, "invalid_request": 10}, statuses("some.out"))
        sent = mock.stats()
        done = retry(*base, "--status", "rate_limit")
        check("--status: only those of the family", done.returncode == 0 and once("some.out", 100) and
              statuses("some.out") == {"ok": 80, "server": 10, "invalid_request": 10} and
              len(mock.texts()) == 110, said(done))
        done = retry(*base)
        after = by_id("some.out")
        check("without: all; exit 1 when some fail again", done.returncode == 1 and once("some.out", 100) and
              statuses("some.out") == {"ok": 90, "invalid_request": 10} and len(mock.texts()) == 130,
              (said(done), sent))
        check("records of what had succeeded are those of before", all(
            after[name] == record for name, record in before.items() if record["error"] is None))
        check("a failure that failed again has its new record", all(
            after[name]["leat"]["started_ms"] > record["leat"]["started_ms"]
            for name, record in before.items() if record["leat"]["status"] == "invalid_request"))
        sizes = os.path.getsize(out), os.stat(out).st_mode
        done = retry(*base, "--status", "timeout")
        check("nothing to do: exit 0, the same file", done.returncode == 0 and
              (os.path.getsize(out), os.stat(out).st_mode) == sizes and len(mock.texts()) == 130, said(done))
        done = retry(*base, "--temperature", "1")
        check("other settings are refused", done.returncode == 2 and "other settings" in said(done),
              said(done))
        done = retry(*base, "--temperature", "1", "--force")
        check("--force takes them", done.returncode == 1 and once("some.out", 100), said(done))


def one_at_a_time():
    source = with_fates("slow.jsonl", 20, {n: " [[mock:500x1]]" for n in range(10)})
    with Mock("--latency-ms", "30") as mock:
        base = [source, "-o", path("slow.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1]
        run(*base, "-j", 20, "--retry-quota", 0)
        done = retry(*base)
        check("-j is 1 unless told otherwise", done.returncode == 0 and "1 in flight at most" in said(done)
              and once("slow.out", 20), said(done))


def lines_without_record():
    source = with_fates("part.jsonl", 30, {3: " [[mock:500x1]]"})
    with Mock() as mock:
        base = [source, "-o", path("part.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1]
        run(*base, "--limit", 15)
        done = retry(*base)
        check("items without a record are left to --resume, and said", done.returncode == 0 and
              len(records("part.out")) == 15 and len(by_id("part.out")) == 15 and
              statuses("part.out") == {"ok": 15} and "15" in said(done).split("unfinished")[1].split("\n")[0],
              said(done))
        with open(path("bad.jsonl"), "w", encoding="ascii") as file:
            file.write('{"id":"a","prompt":"p"}\n{broken\n{"id":"a","prompt":"again"}\n')
        base[0], base[2] = path("bad.jsonl"), path("bad.out")
        run(*base)
        before = by_id("bad.out")
        done = retry(*base)
        check("bad lines get their record anew, each once", done.returncode == 1 and set(before) ==
              {"a", "line-2", "line-3"} == set(by_id("bad.out")) and len(records("bad.out")) == 3, said(done))
        write("bad.jsonl", [{"id": "a", "prompt": "p"}, {"id": "line-2", "prompt": "mended"},
                            {"id": "line-3", "prompt": "mended"}])
        done = retry(*base)
        check("a line that was mended succeeds", done.returncode == 0 and statuses("bad.out") == {"ok": 3} and
              len(records("bad.out")) == 3, said(done))


def start(*arguments):
    return subprocess.Popen([LEAT, *map(str, arguments)], stdin=subprocess.DEVNULL, env=ENVIRONMENT,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def whole(name, count):
    """Every id is there, none more than twice, and no success is followed by another record."""
    seen = collections.defaultdict(list)
    for record in records_so_far(name):
        seen[record["id"]].append(record["error"] is None)
    return set(seen) == {f"i{n}" for n in range(count)} and all(
        len(ends) <= 2 and True not in ends[:-1] for ends in seen.values()), seen


def records_so_far(name):
    """A kill may leave a last line that is cut: the next run repairs it."""
    with open(path(name), "rb") as file:
        data = file.read()
    with open(path("whole.tmp"), "wb") as file:
        file.write(data[:data.rfind(b"\n") + 1])
    return records("whole.tmp")


def killed():
    count = 600
    source = with_fates("kill.jsonl", count, {n: " [[mock:500x2]]" for n in (1, 3, 5, 7, 9)})
    with Mock("--latency-ms", "3") as mock:
        base = [source, "-o", path("kill.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1, "-q",
                "--retry-quota", 0]
        run(*base, "-j", 50)
        check("half of them failed", statuses("kill.out") == {"ok": count // 2, "server": count // 2},
              statuses("kill.out"))
        moments = random.Random(7)
        kills = doubles = 0
        for turn in range(12):
            child = start("retry-failed", *base, "-j", 4)
            time.sleep(0.03 + moments.uniform(0, 0.2))
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                kills += 1
            child.wait(10)
            good, seen = whole("kill.out", count)
            doubles += any(len(ends) == 2 for ends in seen.values())
            if not check(f"kill {turn + 1}: every id is there, no success is lost", good, str(seen)[:500]):
                break
        check(f"{kills} kills, {doubles} of them left two records of some id", kills >= 3 and doubles >= 1)
        done = run(*base, "--resume")
        check("--resume drops the older ones", done.returncode == 0 and once("kill.out", count), said(done))
        for _ in range(3):
            done = retry(*base)
        check("then all succeed, each id once", done.returncode == 0 and once("kill.out", count) and
              statuses("kill.out") == {"ok": count}, said(done))
        check("no other file is left", not os.path.exists(path("kill.out.leat-new")))


def killed_while_replacing():
    """The file is written anew for some milliseconds: it is killed as soon as that has begun."""
    source = write("big.jsonl", ({"id": f"i{n}", "prompt": "[[mock:500x99]]" if n % 10 == 0 else
                                  f"{n} " + "long " * 12000} for n in range(100)))
    made = path("big.out.leat-new")
    with Mock("--echo") as mock:
        base = [source, "-o", path("big.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1, "-q",
                "--retry-quota", 0]
        run(*base)
        caught = 0
        for _ in range(8):
            child = start("retry-failed", *base)
            while child.poll() is None and not os.path.exists(made):
                pass
            child.send_signal(signal.SIGKILL)
            child.wait(10)
            caught += os.path.exists(made)
            good, seen = whole("big.out", 100)
            if not check("killed while the file is written anew: it is the old or the new one, whole", good,
                         str(seen)[:500]):
                break
        check(f"{caught} of 8 were caught there", caught >= 1)
        done = retry(*base)
        check("the next one does it all", done.returncode == 1 and once("big.out", 100) and
              not os.path.exists(made), said(done))


def no_place():
    source = with_fates("stuck.jsonl", 20, {3: " [[mock:500x1]]"})
    with Mock() as mock:
        base = [source, "-o", path("stuck.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1]
        run(*base)
        os.mkdir(path("stuck.out.leat-new"))  # so that no file can be made there
        done = retry(*base)
        check("a file that cannot be written anew: exit 3, said, and nothing is lost", done.returncode == 3
              and "older ones of two records" in said(done) and whole("stuck.out", 20)[0] and
              len(records("stuck.out")) == 22, said(done))
        done = run(*base, "--resume")
        check("--resume goes on all the same", done.returncode == 0 and "older ones" in said(done) and
              len(records("stuck.out")) == 22, said(done))
        os.rmdir(path("stuck.out.leat-new"))
        done = retry(*base)
        check("later it is mended, and no success is done again", done.returncode == 0 and
              once("stuck.out", 20) and mock.stats()["requests"] == 22, (said(done), mock.stats()))


def interrupted():
    source = with_fates("int.jsonl", 60, {n: " [[mock:500x1]]" for n in range(10)})
    with Mock("--latency-ms", "20") as mock:
        base = [source, "-o", path("int.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1, "-q",
                "--retry-quota", 0]
        run(*base, "-j", 60)
        child = start("retry-failed", *base)
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        code = child.wait(10)
        got = statuses("int.out")
        check("Ctrl-C: exit 130, old records stay for what was not done, each id once", code == 130 and
              once("int.out", 60) and 0 < got["ok"] < 60 and got["server"] == 60 - got["ok"], (code, got))


def links_and_locks():
    source = with_fates("link.jsonl", 10, {3: " [[mock:500x1]]"})
    with Mock("--latency-ms", "200") as mock:
        os.mkdir(path("far"))
        base = [source, "-o", path("link.out"), "--base-url", mock.url, "-m", "m", "--max-attempts", 1]
        os.symlink(path("far/real.out"), path("link.out"))
        run(*base)
        os.chmod(path("far/real.out"), 0o640)
        child = start("retry-failed", *base)
        time.sleep(0.1)
        done = retry(*base)
        check("a second one on the same output is refused", done.returncode == 2 and
              "another process" in said(done), said(done))
        child.wait(10)
        check("a link stays a link, and the file its mode", os.path.islink(path("link.out")) and
              os.stat(path("far/real.out")).st_mode & 0o777 == 0o640 and once("link.out", 10) and
              os.listdir(path("far")) == ["real.out"], os.listdir(path("far")))


def mistakes():
    source = with_fates("few.jsonl", 3, {})
    for arguments, words in (([source], "which files?"), ([source, "-o", path("gone.out")], "No such file"),
                             ([source, "-o", "-"], "an output that is there"),
                             ([source, "-o", source, "--status", "bad"], "is not one of"),
                             ([source, "-o", source], "no output of `leat run`")):
        done = retry(*arguments, "--mock")
        check(f"exit 2 and a reason: {words}", done.returncode == 2 and words in said(done), said(done))
    check("no output is made", not os.path.exists(path("gone.out")))
    shown = subprocess.run([LEAT, "help", "retry-failed"], capture_output=True, check=False).stdout.decode()
    check("help retry-failed shows its defaults", retry("--help").stdout.decode() == shown and
          "requests on the wire, never more [1]" in shown, shown)


only_what_failed()
one_at_a_time()
lines_without_record()
killed()
killed_while_replacing()
no_place()
interrupted()
links_and_locks()
mistakes()
leave()
