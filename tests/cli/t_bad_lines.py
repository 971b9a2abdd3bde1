#!/usr/bin/env python3
"""Lines that are no good items: each has its own record with line number and reason, the rest
runs on; --strict stops. Repeated ids, limits, failing items, and the exit codes of all that."""
from cli import Mock, by_id, check, leave, path, prompts, records, run, said, write

BAD = [
    ({"id": "good", "prompt": "fine"}, None, None),
    ("not json", "line-2", "invalid_json"),
    ('{"id":"cut","prompt":"x', "line-3", "invalid_json"),
    ("[1]", "line-4", "not_an_object"),
    ({"id": "empty"}, "empty", "no_prompt"),
    ({"id": "zero", "prompt": ""}, "zero", "no_prompt"),
    ({"id": "number", "prompt": 5}, "number", "invalid_field"),
    ({"id": "good", "prompt": "again"}, "line-8", "repeated_id"),
    ({"id": "stream", "prompt": "p", "stream": "yes"}, "stream", "invalid_field"),
    ({"id": "two", "prompt": "p", "body": {"a": 1}}, "two", "two_forms"),
    (b'{"id":"utf","prompt":"\xff"}', "line-11", "invalid_json"),
    ({"id": "x" * 600, "prompt": "p"}, "line-12", "too_long_id"),
    ({"id": "long", "prompt": "y" * 5000}, "line-13", "too_long_line"),
    ({"id": "method", "method": "GET", "body": {"a": 1}}, "method", "invalid_field"),
    ('{"id":"deep","prompt":"p","x":' + "[" * 70 + "]" * 70 + "}", "line-15", "too_deep"),
    ({"id": "last", "prompt": "fine"}, None, None),
]


def bad_lines(mock):
    source = write("bad.jsonl", [line for line, _, _ in BAD])
    done = run(source, "-o", path("bad.out"), "--base-url", mock.url, "-m", "m", "--max-line-bytes", "4096")
    got = by_id("bad.out")
    check("bad lines: exit 1, one record a line", done.returncode == 1 and
          len(records("bad.out")) == len(BAD) == len(got), said(done))
    for number, (_, name, code) in enumerate(BAD, 1):
        if name is None:
            continue
        error = got.get(name, {}).get("error") or {}
        check(f"line {number} is refused as {code}", error.get("code") == code and
              error.get("message", "").startswith(f"line {number}: "), got.get(name))
    check("good lines ran on", got["good"]["error"] is None and got["last"]["error"] is None, got)
    again = run(source, "-o", path("bad.out"), "--base-url", mock.url, "-m", "m", "--max-line-bytes", "4096",
                "--resume")
    check("--resume leaves the refused ones as they are", again.returncode == 0 and
          len(records("bad.out")) == len(BAD), said(again))


def strict(mock):
    source = write("strict.jsonl", [{"id": "a", "prompt": "p"}, "nonsense",
                                    {"id": "b", "prompt": "p"}])
    done = run(source, "-o", path("strict.out"), "--base-url", mock.url, "-m", "m", "--strict")
    check("--strict stops with exit 3 and the line's number", done.returncode == 3 and
          "line 2" in said(done) and "b" not in by_id("strict.out"), said(done))


def huge_item(mock):
    source = write("huge.jsonl", [{"id": "a", "prompt": "z" * 100000}, {"id": "b", "prompt": "p"}])
    run(source, "-o", path("huge.out"), "--base-url", mock.url, "-m", "m", "--item-bytes", "32K")
    got = by_id("huge.out")
    check("an item over --item-bytes has its own status", got["a"]["leat"]["status"] ==
          "item_memory" and got["b"]["error"] is None, got)


def policies():
    with Mock("--fail-500", "1") as mock:
        source = prompts("policies.jsonl", 8)
        base = ["--base-url", mock.url, "-m", "m", "--max-attempts", "2", "--backoff", "0.01", "-j", "2"]
        done = run(source, "-o", path("fail.out"), *base)
        got = records("fail.out")
        check("failures: exit 1, every item on record with its attempts", done.returncode == 1 and
              len(got) == 8 and all(record["leat"]["attempts"] == 2 and
                                    record["leat"]["status"] == "server" and
                                    record["response"]["status_code"] == 500
                                    for record in got), got[:1])
        done = run(source, "-o", path("fast.out"), *base, "--on-error", "fail-fast")
        check("--on-error fail-fast: exit 3, few records", done.returncode == 3 and
              1 <= len(records("fast.out")) <= 2, said(done))
        done = run(source, "-o", path("skip.out"), *base, "--on-error", "skip")
        check("--on-error skip: counted, not recorded", done.returncode == 1 and
              records("skip.out") == [] and "failed" in said(done), said(done))


def deadline():
    with Mock("--latency-ms", "200") as mock:
        source = prompts("deadline.jsonl", 100)
        done = run(source, "-o", path("deadline.out"), "--base-url", mock.url, "-m", "m", "-j", "2",
                   "--deadline", "0.9", timeout=20)
        count = len(records("deadline.out"))
        check("--deadline: exit 3, whole records", done.returncode == 3 and 2 <= count <= 20,
              f"{count} {said(done)}")


def repeats(mock):
    lines = [{"id": f"r{n % 50}", "prompt": "p"} for n in range(100)]
    done = run(write("repeats.jsonl", lines), "-o", path("repeats.out"), "--base-url", mock.url, "-m", "m")
    got = records("repeats.out")
    check("fifty repeats: a hundred records, all ids different", len(got) == 100 and
          len({record["id"] for record in got}) == 100 and done.returncode == 1, said(done))
    run(path("repeats.jsonl"), "-o", path("repeats2.out"), "--base-url", mock.url, "-m", "m",
        "--no-id-check")
    check("--no-id-check lets them pass",
          all(record["error"] is None for record in records("repeats2.out")), "")
    data = b"".join(b'{"id":"p%d","prompt":"p"}\n' % n for n in range(3000))
    done = run("-", "-o", path("pipe.out"), "--base-url", mock.url, "-m", "m", "--ids", "100", stdin=data)
    check("an id table that was too small grows", done.returncode == 0 and
          len(by_id("pipe.out")) == 3000, said(done))


with Mock("--echo") as server:
    bad_lines(server)
    strict(server)
    huge_item(server)
    repeats(server)
policies()
deadline()
leave()
