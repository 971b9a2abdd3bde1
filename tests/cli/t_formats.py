#!/usr/bin/env python3
"""What goes in and what comes out: both input forms, plain text, the three output formats, the
members of a record and their order, a clean stdout, options and their mistakes."""
import json

from cli import ROOT, by_id, check, leave, path, prompts, records, run, said, subprocess, write
from cli import ENVIRONMENT, LEAT, Mock

MEMBERS = ["id", "custom_id", "response", "error", "leat"]
LEAT_MEMBERS = ["index", "status", "text", "finish_reason", "attempts", "rate_limited", "retried",
                "cached", "model", "usage", "cost_usd", "energy_kwh", "gwp_kgco2eq", "endpoint",
                "fallbacks", "hedged", "started_ms", "timing_ms", "limited_ms", "tool_calls",
                "tool_rounds", "tool_steps", "thinking", "refusal", "choice", "choices", "partial",
                "ignored", "metadata"]
USAGE = ["input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens",
         "total_tokens"]


def forms(mock):
    source = write("forms.jsonl", [
        {"id": "plain", "model": "m", "prompt": "h\u00e9llo \"you\"\nthere", "metadata": {"k": [1, None]}},
        {"custom_id": "batch", "method": "POST", "url": "/v1/chat/completions",
         "body": {"model": "m-7", "messages": [{"role": "user", "content": "in a body"}]}},
        {"id": "talk", "model": "m", "messages": [{"role": "system", "content": "s"},
                                    {"role": "user", "content": [{"type": "text", "text": "p"}]},
                                    {"role": "user", "content": "the last"}]},
        {"id": 12, "model": "m", "prompt": "a number", "stop": ["x", "y"], "temperature": 0.5, "seed": 3,
         "max_tokens": 9, "timeout_s": 5, "extra": {"user": "u"}},
        "", {"prompt": "unnamed", "model": "m"}])
    done = run(source, "-o", path("forms.out"), "--base-url", mock.url)
    check("both forms run and exit 0", done.returncode == 0, said(done))
    got = by_id("forms.out")
    check("every item has its record", sorted(got) == ["12", "batch", "line-6", "plain", "talk"],
          sorted(got))
    record = got["plain"]
    check("members of a record stand in their order", list(record) == MEMBERS and
          list(record["leat"]) == LEAT_MEMBERS and list(record["leat"]["usage"]) == USAGE, record)
    check("text comes back as it went", record["leat"]["text"] == "h\u00e9llo \"you\"\nthere",
          record["leat"]["text"])
    check("metadata comes back, index is the item's", record["leat"]["metadata"] ==
          {"k": [1, None]} and got["line-6"]["leat"]["index"] == 4, record)
    check("the provider's body stands in the record", record["response"]["status_code"] == 200 and
          record["response"]["body"]["object"] == "chat.completion", record["response"])
    check("costs are null until they are known", record["leat"]["cost_usd"] is None, record)
    check("a body keeps its model", got["batch"]["response"]["body"]["model"] == "m-7",
          got["batch"])
    check("the first line names the settings", first_line("forms.out")["leat_journal"] == 1, "")


def first_line(name):
    with open(path(name), encoding="utf-8") as file:
        return json.loads(file.readline())


def text_forms(mock):
    source = path("lines.txt")
    with open(source, "wb") as file:
        file.write("\ufeffone\r\n\r\ntwo \u00e9\nthree\tt".encode())
    base = ["--base-url", mock.url, "--order", "input", "-j", "1", "-m", "m"]
    done = run(source, "--lines", *base)
    check("--lines: a prompt a line, stdout is clean JSON", done.returncode == 0 and
          [json.loads(line)["leat"]["text"] for line in done.stdout.splitlines()] ==
          ["one", "two \u00e9", "three\tt"], done.stdout)
    done = run(source, "--lines", "--format", "compact", *base)
    check("--format compact", done.stdout.decode() ==
          "line-1\tok\tone\nline-3\tok\ttwo \u00e9\nline-4\tok\tthree\\tt\n", done.stdout)
    done = run(source, "--lines", "--format", "text", *base)
    check("--format text", done.stdout.decode() ==
          "## line-1\none\n\n## line-3\ntwo \u00e9\n\n## line-4\nthree\tt\n\n", done.stdout)
    done = run("-", "--lines", *base, "-q", stdin=b"from a pipe\n")
    check("- is stdin, --quiet says nothing", done.returncode == 0 and done.stderr == b"" and
          b"from a pipe" in done.stdout, done)


def settings_reach_the_wire(mock):
    source = write("model.jsonl", [{"id": "a", "prompt": "p"}, {"id": "b", "body": {
        "model": "own", "messages": [{"role": "user", "content": "x"}]}}])
    run(source, "-o", path("model.out"), "--base-url", mock.url, "--model", "given",
        "--system", "be brief", "--max-tokens", "5")
    got = by_id("model.out")
    check("--model is for both forms", {record["response"]["body"]["model"]
                                        for record in got.values()} == {"given"}, got)


def mistakes():
    for arguments, words in (
            (["x.jsonl", "--max-inflight", "3"], "did you mean --max-in-flight?"),
            (["x.jsonl", "--max-in-flight", "0"], "not within 1 to"),
            (["x.jsonl", "--on-error", "foo"], "continue|fail-fast|skip"),
            (["x.jsonl", "--timeout", "soon"], "not a number"),
            (["x.jsonl", "--model"], "wants a value"),
            (["a", "b"], "one input file"), ([], "which file?"),
            (["/nonexistent/x.jsonl"], "No such file"),
            (["x", "--provider", "opnai"], ""),
            (["x", "--header", "no colon"], "")):
        done = run(*arguments)
        check(f"exit 2 and a reason: leat run {' '.join(arguments)}",
              done.returncode == 2 and words in said(done) and done.stdout == b"", said(done))
    source = prompts("key.jsonl", 1)
    done = run(source, "--provider", "groq", "-o", path("key.out"))
    check("a missing key names its variable", done.returncode == 2 and
          "GROQ_API_KEY" in said(done), said(done))


def commands():
    for arguments, code, words in (
            (["version"], 0, "leat 0."), (["help"], 0, "leat run IN"),
            (["help", "run"], 0, "--max-in-flight N"), (["limits", "-j", "50"], 0, "sum"),
            (["providers"], 0, "openai"), (["help", "mock"], 0, "--latency-ms"),
            (["rum"], 2, "did you mean `leat run`?"), ([], 2, "leat run IN")):
        done = subprocess.run([LEAT, *arguments], capture_output=True, env=ENVIRONMENT, timeout=20,
                              check=False)
        both = (done.stdout + done.stderr).decode()
        check(f"leat {' '.join(arguments)}", done.returncode == code and words in both, both)


def key_stays_secret(mock):
    secret = "sk-very-secret-4711"
    source = write("secret.jsonl", [{"id": "a", "model": "m", "prompt": "p"}, {"id": "b"}])
    done = run(source, "-o", path("secret.out"), "--base-url", mock.url, "-v",
               "--api-key-env", "MY_KEY", environment={"MY_KEY": secret})
    with open(path("secret.out"), encoding="utf-8") as file:
        everything = file.read() + said(done) + done.stdout.decode()
    check("the key shows nowhere", secret not in everything and
          by_id("secret.out")["a"]["error"] is None, everything)
    done = run(source, "-o", path("secret2.out"), "--base-url", mock.url,
               environment={"OPENAI_API_KEY": secret})
    check("a bare URL gets no key by guess", done.returncode == 3 and
          by_id("secret2.out").keys() == {"b"} and "API key is missing" in said(done), said(done))


def default_provider():
    source = prompts("default.jsonl", 20)
    done = run(source, "-o", path("default.out"))
    check("without key and URL the built-in server answers, over TLS", done.returncode == 0 and
          "built-in mock" in said(done) and "https://" in said(done) and
          len(records("default.out")) == 20, said(done))


with Mock("--echo") as server:
    forms(server)
    text_forms(server)
    settings_reach_the_wire(server)
with Mock("--require-key", "sk-very-secret-4711") as server:
    key_stays_secret(server)
mistakes()
commands()
default_provider()
leave()
