#!/usr/bin/env python3
"""For how much: costs in records, summary and progress; a budget warns once, stops in time, and the
rest is done by --resume; prices of other services; and what makes no sense is refused."""
import re

from cli import Mock, check, leave, path, prompts, records, run, said

PRICE = ["--price", "10/30"]


def cost(record):
    usage = record["leat"]["usage"]
    return usage["input_tokens"] * 10e-6 + usage["output_tokens"] * 30e-6


def costs(mock):
    source = prompts("cost.jsonl", 50)
    base = [source, "--base-url", mock.url, "-m", "m"]
    done = run(*base, "-o", path("cost.out"), *PRICE)
    got = records("cost.out")
    check("each record has its cost", len(got) == 50 and all(
        abs(record["leat"]["cost_usd"] - cost(record)) < 1e-9 for record in got), got[0])
    total = re.search(r"cost +\$([\d.]+)", said(done))
    check("the summary has the sum", total and
          abs(float(total[1]) - sum(map(cost, got))) < 1e-4, said(done))
    done = run(*base, "-o", path("free.out"))
    check("without a price nobody knows", all(record["leat"]["cost_usd"] is None
                                              for record in records("free.out")) and
          "cost " not in said(done), said(done))
    done = run(*base, "-o", path("two.out"), "--price", "1/2", "--price", "other=10/30",
               "--balance", "other", "-j", 4)
    for record in records("two.out"):
        factor = 10 if record["leat"]["endpoint"] == "other" else 1
        usage = record["leat"]["usage"]
        want = (usage["input_tokens"] + usage["output_tokens"] * (3 if factor > 1 else 2)) * factor
        if not check("a price for one of two services",
                     abs(record["leat"]["cost_usd"] - want * 1e-6) < 1e-9, record):
            break


def budget(mock):
    source = prompts("budget.jsonl", 400)
    base = [source, "--base-url", mock.url, "-m", "m", "-o", path("budget.out"), *PRICE]
    before = mock.stats()["requests"]
    # With a bound on its output nothing can cost more than leat expects.
    base += ["--max-tokens", 24]
    done = run(*base, "--budget-usd", 0.1)
    got = records("budget.out")
    spent = sum(record["leat"]["cost_usd"] for record in got)
    largest = max(record["leat"]["cost_usd"] for record in got)
    check(f"--budget-usd 0.1: ${spent:.4f} spent, exit 3", done.returncode == 3 and
          spent <= 0.1 + largest and spent > 0.07, said(done))
    check("no request went out without a record", mock.stats()["requests"] - before == len(got),
          len(got))
    check("four fifths are told once, before the end", said(done).count("four fifths") == 1 and
          said(done).index("four fifths") < said(done).index("stopped:"), said(done))
    check("one reason", "stopped:" in said(done) and "the budget of $0.10" in said(done) and
          re.search(f"unfinished +{400 - len(got)} ", said(done)), said(done))
    runs = 1
    while done.returncode == 3 and runs < 9:
        done = run(*base, "--budget-usd", 0.1, "--resume", "-q")
        runs += 1
    check(f"--resume with as much again, {runs} runs in all: each id once", done.returncode == 0 and
          sorted(record["id"] for record in records("budget.out")) ==
          sorted(f"i{number}" for number in range(400)), said(done))
    check("--quiet: the reason is all that is said", runs >= 3, runs)
    done = run(source, "--base-url", mock.url, "-m", "m", "-o", path("open.out"), *PRICE,
               "--budget-usd", 0.1)
    spent = sum(record["leat"]["cost_usd"] for record in records("open.out"))
    check(f"without --max-tokens what answers take is learned: ${spent:.4f}", done.returncode == 3
          and 0.07 < spent < 0.11, said(done))
    done = run(source, "--base-url", mock.url, "-m", "m", "-o", path("much.out"), *PRICE,
               "--budget-usd", 100)
    check("a budget that is not reached changes nothing", done.returncode == 0 and
          "four fifths" not in said(done) and "of a budget of $100" in said(done), said(done))


def mistakes():
    source = prompts("wrong.jsonl", 1)
    for arguments, words in (
            (["--budget-usd", "1"], ["--budget-usd", "--price"]),
            (["--budget-usd", "0", *PRICE], ["--budget-usd", "more than 0"]),
            (["--budget-usd", "1000001", *PRICE], ["--budget-usd:"]),
            (["--price", "1"], ["--price: '1'", "IN/OUT"]), (["--price", "1/x"], ["--price: '1/x'"]),
            (["--price", "-1/2"], ["--price: '-1/2'"]), (["--price", "1/2/3/4"], ["--price:"]),
            (["--price", "who=1/2"], ["--price: 'who=1/2'", "--fallback"]),
            (["--fallback", "x", "--price", "x=1/2", "--budget-usd", "1"], ["--budget-usd", "mock"])):
        done = run(source, "--mock", *arguments)
        check(f"exit 2 and a reason: {' '.join(arguments)}", done.returncode == 2 and
              all(word in said(done) for word in words) and done.stderr.count(b"\n") == 1,
              said(done))
    done = run(source, "--mock", "-q", "--price", "0.5/0.05/2", "--budget-usd", 1000000)
    check("IN/CACHED/OUT, and the largest budget", done.returncode == 0, said(done))


with Mock("--latency-ms", "3", "--tokens", "8:24") as server:
    costs(server)
    budget(server)
mistakes()
leave()
