#!/usr/bin/env python3
"""To whom: a wrong key or a quota that is used up ends a run at once, with one reason; --fallback goes
on elsewhere; --balance shares by weight; several keys are a pool. --resume does what was left."""
import concurrent.futures
import json
import re

from cli import Mock, by_id, check, leave, path, prompts, records, run, said, write

QUOTA = {"error": {"message": "You exceeded your current quota.", "type": "insufficient_quota",
                   "param": None, "code": "insufficient_quota"}}


def script(name, *lines):
    """A script for the server. It cannot say insufficient_quota by itself: quota.raw does."""
    body = json.dumps(QUOTA)
    with open(path("quota.raw"), "w", encoding="ascii", newline="") as file:
        file.write("HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n{body}")
    return write(name, [line.replace("QUOTA", f"raw={path('quota.raw')}") for line in lines])


def reasons(done):
    return [line for line in said(done).splitlines() if "stopped" in line or "nothing more" in line]


def turned_away():
    source = prompts("away.jsonl", 200)
    with Mock("--require-key", "right") as mock:
        base = [source, "-o", path("away.out"), "--base-url", mock.url, "-m", "m", "--api-key-env",
                "K"]
        done = run(*base, environment={"K": "wrong"})
        sent = mock.stats()["requests"]
        check(f"a wrong key: {sent} of 200 requests, exit 3", done.returncode == 3 and sent <= 6,
              said(done))
        check("one reason, with the service's words", len(reasons(done)) == 1 and
              "API key" in reasons(done)[0] and "Incorrect API key" in reasons(done)[0], said(done))
        check("no records, and 200 unfinished", records("away.out") == [] and
              re.search(r"unfinished +200 ", said(done)), said(done))
        done = run(*base, "--resume", "-q", environment={"K": "wrong"})
        check("--quiet says the reason as well", done.returncode == 3 and
              done.stderr.count(b"\n") == 1 and "API key" in said(done), said(done))
        done = run(*base, "--resume", environment={"K": "right"})
        check("--resume with the right key does all of them", done.returncode == 0 and
              len(by_id("away.out")) == 200 == len(records("away.out")), said(done))
        done = run(*base[:1], "-o", path("on.out"), *base[3:], "--abort-on", "none", "--limit", 20,
                   environment={"K": "wrong"})
        check("--abort-on none: each fails for itself", done.returncode == 1 and
              len(records("on.out")) == 20, said(done))
    with Mock("--script", script("quota.script", "1-50 ok", "* QUOTA")) as mock:
        done = run(source, "-o", path("quota.out"), "--base-url", mock.url, "-m", "m", "-j", 4)
        sent = mock.stats()["requests"]
        got = records("quota.out")
        check(f"insufficient_quota after 50: {sent} requests, exit 3", done.returncode == 3 and
              sent <= 58 and len(reasons(done)) == 1 and "quota" in reasons(done)[0], said(done))
        check("the 50 are on record", sum(record["error"] is None for record in got) == 50 and
              len(got) <= 53, len(got))
        done = run(source, "-o", path("rest.out"), "--base-url", mock.url, "-m", "m", "-j", 4,
                   "--abort-on", "authentication", "--limit", 10)
        check("--abort-on without quota: ten failures", done.returncode == 1 and
              len(records("rest.out")) == 10, said(done))


def fallbacks():
    source = prompts("fall.jsonl", 60)
    with Mock("--echo") as good:
        other = f"other@{good.url}"
        for name, options, extra in (
                ("503", ["--script", script("503.script", "* 503")], ["--max-attempts", 1]),
                ("404 of the model", ["--script", script("404.script", "* 404")], []),
                ("a quota", ["--script", script("q.script", "* QUOTA")], []),
                ("a wrong key", ["--require-key", "none has it"], []),
                ("resets", ["--fail-reset", "1"], ["--max-attempts", 2, "--backoff", 0.01])):
            out = name.replace(" ", "_") + ".out"
            with Mock(*options) as bad:
                done = run(source, "-o", path(out), "--base-url", bad.url, "-m", "m", "--fallback",
                           other, "-j", 8, *extra)
                got = by_id(out)
                check(f"--fallback after {name}: all succeed", done.returncode == 0 and
                      len(got) == 60 and all(
                          record["leat"]["text"] == f"Question {key[1:]}?" and
                          record["response"]["body"]["model"] == "other"
                          for key, record in got.items()), said(done))
                check(f"{name}: records and summary say who answered", {
                    record["leat"]["endpoint"] for record in got.values()} == {other} and
                      any(record["leat"]["fallbacks"] == 1 for record in got.values()) and
                      f"{other} 60" in said(done) and "an item moved on" in said(done), said(done))
        with Mock("--script", script("500.script", "*/2 500")) as half:
            done = run(source, "-o", path("half.out"), "--base-url", half.url, "-m", "m",
                       "--fallback", other, "--fallback-on", "network", "--max-attempts", 1)
            got = records("half.out")
            check("--fallback-on: other failures stay failures", done.returncode == 1 and
                  sum(record["error"] is not None for record in got) == 30, said(done))
        with Mock("--script", script("e.script", "* 503")) as first, \
                Mock("--script", script("f.script", "* 404")) as second:
            done = run(source, "-o", path("chain.out"), "--base-url", first.url, "-m", "m",
                       "--max-attempts", 1, "--fallback", f"x@{second.url}", "--fallback",
                       f"y@{good.url}", "--limit", 10)
            check("fallbacks in their order", done.returncode == 0 and {
                record["response"]["body"]["model"] for record in records("chain.out")} == {"y"} and
                  second.stats()["requests"] > 0, said(done))
        done = run(source, "-o", path("model.out"), "--base-url", good.url, "-m", "no-such-model",
                   "--fallback", "such-model")
        check("a MODEL alone: the same service", done.returncode == 0 and {
            record["response"]["body"]["model"] for record in records("model.out")} ==
              {"such-model"}, said(done))


def balance():
    source = prompts("balance.jsonl", 400)
    with Mock("--latency-ms", 5) as first, Mock("--latency-ms", 5) as second:
        base = [source, "--base-url", first.url, "-m", "m", "-j", 8]
        done = run(*base, "-o", path("balance.out"), "--balance", f"{second.url}=3")
        got = records("balance.out")
        its = sum(record["leat"]["endpoint"] == second.url for record in got)
        check(f"--balance URL=3: 300 of 400 go there ({its})", done.returncode == 0 and
              len(got) == 400 and 270 <= its <= 330, said(done))
        check("the servers counted so too", second.stats()["requests"] == its and
              first.stats()["requests"] == 400 - its, "")
        done = run(*base[:1], "-o", path("balance.out"), *base[1:], "--resume", "--balance",
                   f"{second.url}=2")
        check("another weight is no other setting", done.returncode == 0, said(done))
        done = run(*base[:1], "-o", path("balance.out"), *base[1:], "--resume")
        check("other services are", done.returncode == 2 and "other settings" in said(done),
              said(done))
    with Mock("--rpm", 600, "--burst-s", 1) as first, Mock("--rpm", 600, "--burst-s", 1) as second:
        done = run(prompts("double.jsonl", 100), "-o", path("double.out"), "--base-url", first.url,
                   "-m", "m", "--balance", second.url)
        took = re.search(r"time +([\d.]+) (m?s)", said(done))
        seconds = float(took[1]) / (1000 if took[2] == "ms" else 1)
        check(f"two services of 10/s each: 100 items in {seconds:.1f} s, not in 9",
              done.returncode == 0 and seconds < 7, said(done))


def keys():
    source = prompts("pool.jsonl", 120)
    with Mock() as mock:
        base = [source, "--base-url", mock.url, "-m", "m", "--rpm", 1200]
        pool = {"K1": "one", "K2": "two"}
        done = run(*base, "-o", path("pool.out"), "--api-key-env", "K1,K2", environment=pool)
        took = re.search(r"time +([\d.]+) s", said(done))
        shares = re.search(r"answered +K1 (\d+), K2 (\d+)", said(done))
        check("two keys of 20/s each: 120 items in some 3 s", done.returncode == 0 and took and
              2 < float(took[1]) < 4.5, said(done))
        check("the summary names the variables, not the keys", shares and
              all(40 <= int(share) <= 80 for share in shares.groups()) and
              not re.search(r"\bone\b|\btwo\b", said(done)), said(done))
        done = run(*base, "-o", path("pool2.out"), "--api-key-env", "K1,K3", environment=pool)
        check("a key that is missing is named: exit 2", done.returncode == 2 and
              "K3 is not set" in said(done), said(done))
    with Mock("--require-key", "two") as mock:
        done = run(source, "-o", path("pool3.out"), "--base-url", mock.url, "-m", "m",
                   "--api-key-env", "K1,K2", "-j", 4, "-v", environment=pool)
        failed = [record for record in records("pool3.out") if record["error"] is not None]
        check(f"one wrong key of two: the other goes on ({len(failed)} failed)",
              len(records("pool3.out")) == 120 and len(failed) <= 4, said(done))


def mistakes():
    source = prompts("wrong.jsonl", 1)

    def refused(case):
        arguments, words = case
        done = run(source, "--base-url", "http://127.0.0.1:9/v1", *arguments)
        return (f"exit 2 and a reason: {' '.join(arguments)[:60]}", done.returncode == 2 and
                all(word in said(done) for word in words) and done.stderr.count(b"\n") == 1,
                said(done))
    many = [word for number in range(16) for word in ("--fallback", f"m{number}")]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for name, good, detail in pool.map(refused, (
                (["--fallback", "groq"], ["--fallback groq", "GROQ_API_KEY"]),
                (["--fallback", "azure/gpt-4o"], ["--fallback azure/gpt-4o", "address", "openai.azure"]),
                (["--fallback", ""], ["--fallback", "a name is missing"]),
                (["--balance", "x=0"], ["--balance x=0", "1 to 1000000"]),
                (["--balance", "x=1000001"], ["--balance x=1000001"]),
                (["--balance", "x=much"], ["--balance x=much", "weight"]),
                (["--fallback-on", "none"], ["--fallback-on:", "'none'"]),
                (["--fallback-on", "quota,bad"], ["--fallback-on:", "'bad'", "overloaded"]),
                (["--abort-on", "ever"], ["--abort-on:", "'ever'", "none"]),
                (["--api-key-env", "A,,B"], ["A"]),
                (many, ["--fallback m15", "16 services"]))):
            check(name, good, detail)
    done = run(source, "--base-url", "http://127.0.0.1:9/v1", "--max-attempts", 1, "-q", *many[:-2])
    check("fifteen fallbacks are no mistake", done.returncode == 1, said(done))


turned_away()
fallbacks()
balance()
keys()
mistakes()
leave()
