#!/usr/bin/env python3
"""Answers that are there already: a second run is served from the file, at no cost; a run that is killed
leaves a whole file; equal items are asked for once; `leat cache`; and files that are none."""
import os
import re
import signal
import sqlite3
import subprocess
import time

from cli import ENVIRONMENT, LEAT, Mock, check, leave, path, prompts, records, run, said, write

PRICE = ["--price", "10/30"]


def command(*arguments):
    return subprocess.run([LEAT, "cache", *map(str, arguments)], capture_output=True, timeout=60,
                          env=ENVIRONMENT, check=False, text=True)


def asked(mock):
    return mock.stats()["requests"]


def query(file, text):
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as base:
        return base.execute(text).fetchall()


def twice(mock):
    source = prompts("twice.jsonl", 40)
    file = path("twice.db")
    base = [source, "--base-url", mock.url, "-m", "gpt-4o-mini", "--cache", file, *PRICE]
    before = asked(mock)
    first = run(*base, "-o", path("first.out"))
    check("S12 a first run asks for everything", first.returncode == 0 and asked(mock) - before == 40,
          said(first))
    second = run(*base, "-o", path("second.out"))
    check("S12 a second identical run is served from the file", second.returncode == 0 and
          asked(mock) - before == 40, said(second))
    old = {record["id"]: record for record in records("first.out")}
    new = {record["id"]: record for record in records("second.out")}
    check("S16 with the same answers", all(
        new[name]["response"]["body"] == old[name]["response"]["body"] and
        new[name]["leat"]["text"] == old[name]["leat"]["text"] for name in old), len(new))
    check("records say cached, and cost nothing", len(new) == 40 and all(
        record["leat"]["cached"] and record["leat"]["cost_usd"] == 0 and
        record["leat"]["attempts"] == 0 and record["response"]["status_code"] == 200
        for record in new.values()), list(new.values())[:1])
    check("... where the first ones say not", not any(r["leat"]["cached"] for r in old.values()))
    cost = sum(record["leat"]["cost_usd"] for record in old.values())
    told = re.search(r"cached +40  saved ([\d,]+) tokens, \$([\d.]+)", said(second))
    check("S6 the summary says what was saved, apart from what was spent", told and
          abs(float(told[2]) - cost) < 1e-3 and re.search(r"tokens +0  0 in, 0 out", said(second)),
          said(second))
    base[4] = "gpt-4o"
    run(*base, "-o", path("third.out"))
    check("S14 another model is another question", asked(mock) - before == 80, asked(mock) - before)


def streamed(mock):
    source = prompts("streamed.jsonl", 5)
    base = [source, "--base-url", mock.url, "-m", "m", "--cache", path("streamed.db")]
    before = asked(mock)
    run(*base, "--stream", "-o", path("s1.out"))
    done = run(*base, "--stream", "-o", path("s2.out"))
    run(*base, "-o", path("s3.out"))
    texts = [sorted((r["id"], r["leat"]["text"]) for r in records(name))
             for name in ("s1.out", "s2.out", "s3.out")]
    check("streams are kept, and serve whole answers as well", asked(mock) - before == 5 and
          texts[0] == texts[1] == texts[2], said(done))


def killed(mock):
    source = prompts("killed.jsonl", 300)
    file = path("killed.db")
    base = [source, "--base-url", mock.url, "-m", "m", "--cache", file, "-j", "8"]
    before = asked(mock)
    child = subprocess.Popen([LEAT, "run", *base, "-o", path("killed.out")], stdin=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=ENVIRONMENT)
    deadline = time.time() + 30
    while asked(mock) - before < 60 and time.time() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    sound = query(file, "PRAGMA integrity_check")
    kept = query(file, "SELECT count(*), sum(bytes), min(length(value)) FROM entries")[0]
    totals = query(file, "SELECT entries, bytes FROM totals")[0]
    check("S12 kill -9 leaves a whole file, which others can read", sound == [("ok",)] and
          kept[0] >= 40 and kept[2] > 0 and totals == kept[:2], (sound, kept, totals))
    shell = subprocess.run(["sqlite3", file, "select provider, model, status, value->>'$.object' from "
                            "entries limit 1"], capture_output=True, text=True, check=False)
    check("the sqlite3 shell shows columns", shell.stdout.strip() == "openai|m|200|chat.completion",
          shell.stdout + shell.stderr)
    sent = asked(mock)
    done = run(*base, "-o", path("after.out"))
    got = records("after.out")
    check("the next run asks for the rest alone", done.returncode == 0 and len(got) == 300 and
          asked(mock) - sent == 300 - kept[0], (asked(mock) - sent, kept, said(done)))


def dedupe(mock):
    source = write("equal.jsonl", ({"id": f"e{n}", "prompt": f"Question {n % 7}?"} for n in range(200)))
    base = [source, "--base-url", mock.url, "-m", "m"]
    before = asked(mock)
    run(*base, "-o", path("plain.out"))
    check("S17 equal items are asked for each time, unless ...", asked(mock) - before == 200)
    before = asked(mock)
    done = run(*base, "-o", path("once.out"), "--dedupe", "on")
    got = records("once.out")
    check("S17 --dedupe on asks once", asked(mock) - before == 7 and len(got) == 200 and
          sum(record["leat"]["cached"] for record in got) == 193, said(done))
    before = asked(mock)
    run(*base, "-o", path("off.out"), "--cache", path("off.db"), "--dedupe", "off", "-j", 200)
    check("--dedupe off does not wait for equal items", asked(mock) - before > 7)


def modes(mock):
    source = prompts("modes.jsonl", 3)
    base = [source, "--base-url", mock.url, "-m", "m", "--cache", path("modes.db")]

    def sent(*more):
        before = asked(mock)
        done = run(*base, "-o", path(f"modes{modes.count}.out"), *more)
        modes.count += 1
        return asked(mock) - before if done.returncode == 0 else said(done)

    modes.count = 0
    check("--cache-mode read wants a file that is there", "no such file" in str(sent("--cache-mode", "read")))
    check("on: asks, then not", (sent(), sent()) == (3, 0))
    check("refresh asks for all", (sent("--cache-mode", "refresh"), sent()) == (3, 0))
    check("read takes what is there, and keeps nothing", (
        sent("--cache-mode", "read"), sent("--cache-mode", "read", "--temperature", 1),
        sent("--cache-mode", "read", "--temperature", 1)) == (0, 3, 3))
    check("S13 --cache-ttl: what is over its time is asked for", (
        sent("--cache-ttl", "0.0000001", "--temperature", 2), sent("--temperature", 2)) == (3, 3))


def look(mock):
    file = path("look.db")
    source = prompts("look.jsonl", 10)
    run(source, "--base-url", mock.url, "-m", "m", "-o", path("look.out"), "--cache", file)
    got = command(file)
    check("leat cache FILE says what is in it", got.returncode == 0 and
          re.match(r"10 answers, [\d.]+ KiB", got.stdout), got.stdout + got.stderr)
    got = command(file, "--expire")
    check("--expire forgets what is over its time", got.stdout.startswith("0 answers were over"), got.stdout)
    with sqlite3.connect(file) as base:
        base.execute("UPDATE keys SET expires_ms = 5 WHERE id <= 4")
    got = command(file, "--expire")
    check("... and that alone", got.stdout.startswith("4 answers were over their time\n6 answers"),
          got.stdout)
    got = command(file, "--clear")
    check("--clear forgets everything", got.returncode == 0 and got.stdout == "0 answers, 0 B\n",
          got.stdout + got.stderr)
    for arguments, words in ((["--stats"], "which file"), ([path("nowhere.db")], "no such file"),
                             ([path("look.out")], "no store of this version")):
        got = command(*arguments)
        check(f"leat cache: {words}", got.returncode == 2 and words in got.stderr, got.stderr)


def refused(mock):
    source = prompts("refused.jsonl", 3)
    base = [source, "--base-url", mock.url, "-m", "m"]
    write("none.db", ["This is no database, whatever its name says." * 50])
    before = asked(mock)
    done = run(*base, "-o", path("r1.out"), "--cache", path("none.db"))
    check("a file that is no database stays as it is, and nothing is sent", done.returncode == 2 and
          "no store of this version" in said(done) and asked(mock) == before and
          os.path.getsize(path("none.db")) > 1000, said(done))
    with sqlite3.connect(path("other.db")) as base_of_others:
        base_of_others.execute("CREATE TABLE theirs(x)")
    done = run(*base, "-o", path("r2.out"), "--cache", path("other.db"))
    check("somebody else's database is none of ours", done.returncode == 2 and
          "no store of this version" in said(done), said(done))
    file = path("locked.db")
    run(*base, "-o", path("r3.out"), "--cache", file)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    done = run(*base, "-o", path("r4.out"), "--cache", file)
    holder.execute("ROLLBACK")
    holder.close()
    check("a file that is locked from the start is refused", done.returncode == 2 and
          "try again" in said(done), said(done))


if "has no SQLite" in command(path("any.db")).stderr:
    print("ok - cli: caches in files # SKIP this build has no SQLite")
    leave()
with Mock() as server:
    twice(server)
    streamed(server)
    dedupe(server)
    modes(server)
    look(server)
    refused(server)
with Mock("--latency-ms", "30") as server:
    killed(server)
leave()
