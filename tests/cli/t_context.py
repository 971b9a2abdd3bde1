#!/usr/bin/env python3
"""What all items share, kept by the service: a cache is made for a run, found by its tags, renewed,
kept or deleted; where there is none the items send it themselves; and what makes no sense is refused.
Rows B23 and B24 of the reference systems."""
import json
import re
import subprocess
import time
import urllib.request

from cli import ENVIRONMENT, LEAT, Mock, by_id, check, leave, path, prompts, records, run, said, write

LONG = write("long.txt", ["A sentence of a long document. " * 400])
SHORT = write("short.txt", ["Too short to be worth it."])
SOURCE = prompts("in.jsonl", 40)


def caches(mock):
    with urllib.request.urlopen(f"http://127.0.0.1:{mock.port}/v1beta/cachedContents", timeout=5) as got:
        return json.load(got).get("cachedContents", [])


def context(mock, out, *options, file=LONG):
    return run(SOURCE, "-p", "gemini", "-m", "gemini-2.5-flash", "--context-cache", file, "-o",
               path(out), "--base-url", f"http://127.0.0.1:{mock.port}/v1beta", *options)


def counts(done):
    words = re.search(r"context +(\d+) made, (\d+) found, (\d+) renewed, (\d+) lost", said(done))
    return tuple(map(int, words.groups())) if words else None


def all_cached(out):
    got = records(out)
    return len(got) == 40 and all(
        record["leat"]["usage"]["cached_input_tokens"] > 1024 for record in got)


def lives(mock):
    done = context(mock, "made.out")
    check("B23 one cache is made for a run, and used by every item", done.returncode == 0 and
          counts(done) == (1, 0, 0, 0) and all_cached("made.out"), said(done))
    check("B23 it is deleted at the end", caches(mock) == [] and "deleted: cachedContents/" in said(done),
          said(done))
    cached = sum(record["leat"]["usage"]["cached_input_tokens"] for record in records("made.out"))
    check("the summary tells the cached tokens and what they saved", re.search(
        rf"prompt cache +{cached:,}  .*, \$[\d.]+ less", said(done)), said(done))


def tags(mock):
    done = context(mock, "first.out", "--context-tags", "doc=a,v=1", "--context-keep")
    kept = caches(mock)
    check("B24 --context-keep leaves it, with its tags", counts(done) == (1, 0, 0, 0) and
          len(kept) == 1 and kept[0]["displayName"] == 'abl-tags:{"doc":"a","v":"1"}', said(done))
    done = context(mock, "second.out", "--context-tags", "v=1")
    check("B24 one that has all the tags is found", counts(done) == (0, 1, 0, 0) and
          all_cached("second.out"), said(done))
    check("B24 and left to whom it belongs", caches(mock) == kept, caches(mock))
    done = context(mock, "third.out", "--context-tags", "v=2")
    check("B24 one with other tags is not", counts(done) == (1, 0, 0, 0), said(done))


def shared_json(mock):
    file = write("shared.json", [{"system": "Be brief.", "messages": [
        {"role": "user", "content": "A sentence. " * 1000}, {"role": "assistant", "content": "Yes."}]}])
    with open(file, "rb") as made:
        indented = write("indented.json", [b"", b"  \t", b"  " + made.read()])
    done = context(mock, "json.out", file=indented)
    check("a file of JSON has a system text and turns", counts(done) == (1, 0, 0, 0) and
          all_cached("json.out"), said(done))
    done = context(mock, "both.out", "-s", "Be brief.", file=indented)
    check("two system texts are refused", done.returncode == 2 and "--system" in said(done), said(done))
    done = context(mock, "hoisted.out", "-s", "Be brief.")
    check("B24 --system goes into the cache, as items may not say it", done.returncode == 0 and
          all_cached("hoisted.out"), said(done))


def without(mock):
    done = context(mock, "short.out", "-s", "Be brief.", file=SHORT)
    got = records("short.out")
    check("what cannot be cached is sent along", done.returncode == 0 and counts(done) == (0, 0, 0, 0) and
          len(got) == 40 and "too small" in said(done), said(done))
    own = write("own.jsonl", [{"id": "a", "prompt": "p", "system": "s"}, {"id": "b", "prompt": "p"}])
    done = run(own, "-p", "gemini", "-m", "gemini-2.5-flash", "--context-cache", LONG, "-o",
               path("own.out"), "--base-url", f"http://127.0.0.1:{mock.port}/v1beta")
    got = by_id("own.out")
    check("B24 an item with a system text of its own fails, and says why", done.returncode == 1 and
          got["b"]["error"] is None and "system text" in got["a"]["error"]["message"], got)


def records_so_far(name):
    try:
        with open(path(name), "rb") as file:
            return file.read().count(b"\n") - 1
    except OSError:
        return 0


def lost(mock):
    """The cache that a run has found is deleted while it goes on."""
    context(mock, "keep.out", "--context-tags", "doc=lost", "--context-keep")
    name = caches(mock)[-1]["name"]
    with open(SOURCE, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    process = subprocess.Popen(
        [LEAT, "run", "-", "-p", "gemini", "-m", "gemini-2.5-flash", "--context-cache", LONG,
         "--context-tags", "doc=lost", "-o", path("lost.out"), "--base-url",
         f"http://127.0.0.1:{mock.port}/v1beta"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    process.stdin.write(b"".join(lines[:20]))
    process.stdin.flush()
    while records_so_far("lost.out") < 20 and process.poll() is None:
        time.sleep(0.01)
    request = urllib.request.Request(f"http://127.0.0.1:{mock.port}/v1beta/{name}", method="DELETE")
    with urllib.request.urlopen(request, timeout=5):
        pass
    process.stdin.write(b"".join(lines[20:]))
    process.stdin.close()
    words = process.stderr.read().decode()
    process.stderr.close()
    check("B24 a cache that is deleted meanwhile is made good", process.wait(60) == 0 and
          "1 made, 1 found, 0 renewed, 1 lost" in words and all_cached("lost.out"), words)


def refusals(mock):
    for n, (words, options) in enumerate((
            ("-p gemini", ("-p", "openai")), ("NAME=VALUE", ("--context-tags", "=1")),
            ("128 characters", ("--context-tags", "a=" + "x" * 200)))):
        done = context(mock, f"no{n}.out", *options)
        check(f"refused: {words}", done.returncode == 2 and words in said(done), said(done))
    context(mock, "resume.out")
    done = context(mock, "resume.out", "--resume", file=SHORT)
    check("--resume knows another file", done.returncode == 2 and "other settings" in said(done), said(done))


def calls(mock):
    """Other resources of the service, in the batch form."""
    context(mock, "call.out", "--context-keep")
    name = caches(mock)[-1]["name"]
    source = write("calls.jsonl", [
        {"id": "list", "method": "GET", "url": "/cachedContents?pageSize=5"},
        {"id": "longer", "method": "PATCH", "url": f"/{name}", "body": {"ttl": "7200s"}},
        {"id": "unknown", "method": "DELETE", "url": "/cachedContents/none"},
        {"id": "chat", "prompt": "p", "method": "GET", "url": "/models"}, {"id": "path", "method": "GET"}])
    done = run(source, "-p", "gemini", "-m", "gemini-2.5-flash", "-o", path("calls.out"), "-j", "1",
               "--base-url", f"http://127.0.0.1:{mock.port}/v1beta")
    got = by_id("calls.out")
    body = {key: record["response"]["body"] for key, record in got.items() if record["response"]}
    check("a line may call another resource", done.returncode == 1 and
          body["list"]["cachedContents"][-1]["name"] == name and body["longer"]["name"] == name and
          got["list"]["leat"]["status"] == "ok", got)
    check("whose errors are records", got["unknown"]["response"]["status_code"] == 403 and
          all(got[key]["error"] for key in ("unknown", "chat", "path")), got)


with Mock() as service:
    lives(service)
    tags(service)
    shared_json(service)
    without(service)
    refusals(service)
    calls(service)
def renewed(mock):
    done = context(mock, "renewed.out", "--context-ttl", "2", "-j", "1")
    check("B24 it is renewed while the run goes on", done.returncode == 0 and
          all_cached("renewed.out") and counts(done)[2] >= 1, said(done))


with Mock() as service:
    lost(service)
with Mock("--latency-ms", 60) as service:
    renewed(service)
leave()
