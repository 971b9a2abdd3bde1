#!/usr/bin/env python3
"""`leat footprint`, `leat prices` and `leat estimate`: what they print, what they refuse, and that
nothing is sent. No network, save one run that is compared with its estimate."""
import json
import os
import re
import subprocess

from cli import ENVIRONMENT, LEAT, ROOT, check, leave, path, records, run, said, write


def leat(*arguments, stdin=None):
    return subprocess.run([LEAT, *map(str, arguments)], input=stdin, capture_output=True,
                          stdin=subprocess.DEVNULL if stdin is None else None, timeout=60,
                          env=ENVIRONMENT, check=False)


def near(seen, wanted, share=1e-9):
    return abs(seen - wanted) <= share * abs(wanted)


def footprints():
    with open(os.path.join(ROOT, "tests/vectors/footprint.txt"), encoding="utf-8") as file:
        rows = [line.split() for line in file if not line.startswith("#")]
    wrong = []
    for provider, model, tokens, latency, zone, *numbers in rows:
        more = [] if latency == "-" else ["--latency-s", latency]
        done = leat("footprint", "-p", provider, "-m", model, "--output-tokens", tokens, "--zone",
                    zone, *more)
        got = json.loads(done.stdout) if done.returncode == 0 else {}
        ranges = [got.get(name, {}) for name in ("energy_kwh", "gwp_kgco2eq", "adpe_kgsbeq",
                                                 "pe_mj", "water_l")]
        ranges += [got.get(name, {}).get("gwp_kgco2eq", {}) for name in ("usage", "embodied")]
        seen = [value for one in ranges for value in (one.get("min", -1), one.get("max", -1))]
        if not all(near(a, float(b)) for a, b in zip(seen, numbers)) or len(seen) != len(numbers):
            wrong.append((model, seen, numbers))
    check(f"footprint: the numbers of {len(rows)} examples, from the text printed", not wrong, wrong)

    got = json.loads(leat("footprint", "-p", "openai", "-m", "gpt-4o", "--output-tokens", 10).stdout)
    check("footprint: the world's electricity unless said", got["zone"] == "WOR" and
          got["reason"] is None and "EcoLogits" not in got["model"] and
          "ecologits 0.9.1" in got["method"] and len(got["warnings"]) == 2, got)
    done = leat("footprint", "-p", "maritaca", "-m", "sabia-4", "--output-tokens", 10)
    got = json.loads(done.stdout)
    check("footprint: an unknown model has a reason and no number", done.returncode == 1 and
          got["reason"] and "energy_kwh" not in got, done.stdout)
    done = leat("footprint", "-p", "own", "-m", "house", "--output-tokens", 10, "--active-params",
                "8/28", "--pue", "1.2/1.2", "--water", "0.569/0.569")
    known = leat("footprint", "-p", "openai", "-m", "gpt-4o-mini", "--output-tokens", 10)
    check("footprint: a model of one's own", done.returncode == 0 and
          json.loads(done.stdout)["water_l"] == json.loads(known.stdout)["water_l"], done)
    for arguments, word in ((["-p", "openai"], "wants --provider"),
                            (["-m", "gpt-4o", "--output-tokens", 1, "--zone", "ZZZ"], "one of:"),
                            (["-m", "gpt-4o", "--output-tokens", "-1"], "not a whole number"),
                            (["--zones", "X"], "did you mean --zone"), (["x"], "takes options")):
        done = leat("footprint", *arguments)
        check(f"footprint {arguments[-1]}: refused", done.returncode == 2 and
              word in done.stderr.decode() and not done.stdout, done)
    done = leat("footprint", "-m", "m", "--output-tokens", 1, "--active-params", "9/3")
    check("footprint: the least comes first", done.returncode == 2 and
          "before the most" in json.loads(done.stdout)["reason"], done)


def prices():
    done = leat("prices")
    text = done.stdout.decode()
    check("prices: every provider, and the source's date", done.returncode == 0 and
          all(name in text for name in ("openai, USD", "anthropic, USD", "maritaca, BRL")) and
          "2026-08-06" in text and
          max(len(line) for line in text.splitlines() if "Source" not in line) <= 110, text[:2000])
    lines = [json.loads(line) for line in leat("prices", "--json").stdout.splitlines()]
    check("prices --json: a line a model", len(lines) == 297 and
          all(line["input_per_mtok"] is not None for line in lines), len(lines))
    one = json.loads(leat("prices", "azure", "--model", "gpt-4o-2031-01-01", "--json").stdout)
    check("prices --model: as a run finds it", one["model"] == "gpt-4o" and
          one["input_per_mtok"] == 2.5 and one["batch_output_per_mtok"] == 5, one)
    done = leat("prices", "openai", "--model", "gpt-99")
    check("prices: an unknown model", done.returncode == 1 and b"no price" in done.stderr, done)
    check("prices: an unknown provider", leat("prices", "nobody").returncode == 1)
    own = write("own.csv", ["provider,model,input_per_mtok,output_per_mtok,currency",
                            "openai,gpt-4o,7,8,EUR"])
    one = json.loads(leat("prices", "openai", "-m", "gpt-4o", "--prices", own, "--json").stdout)
    check("prices --prices: one's own wins", (one["input_per_mtok"], one["currency"]) == (7, "EUR"))
    bad = write("bad.csv", ["provider,model,input_per_mtok,output_per_mtok", "openai,gpt-4o,7,x"])
    done = leat("prices", "openai", "-m", "gpt-4o", "--prices", bad)
    check("prices --prices: a fault is named", done.returncode == 2 and
          b"line 2, column 4, output_per_mtok: no price" in done.stderr, done.stderr)


def estimate(*arguments, stdin=None):
    done = leat("estimate", *arguments, "--json", stdin=stdin)
    return json.loads(done.stdout) if done.returncode in (0, 3) else {"said": done}


def estimates():
    # Prompts of 3, 4 and 3 tokens by the reference's rule.
    got = estimate("-", "--lines", "--reference", "--max-tokens", 500, "--price", "0.5/1.5",
                   stdin=b"What is Go?!\nExplain how it is.\nWhy is it so?\n")
    cost = got["costs"][0]
    check("estimate --reference: the vector of the reference", got["requests"] == 3 and
          got["input_tokens"] == 34 and got["output_tokens"] == 1500 and
          near(cost["input_cost"], 0.000017) and near(cost["output_cost"], 0.00225) and
          near(cost["cost"], 0.002267) and cost["currency"] == "USD", got)
    items = write("items.jsonl", [
        {"id": "a", "prompt": "What is a leat?", "max_tokens": 7},
        {"id": "b", "messages": [{"role": "user", "content": "Hi"}], "model": "gpt-5"},
        {"custom_id": "c", "method": "POST", "url": "/v1/chat/completions",
         "body": {"model": "none-such", "max_completion_tokens": 9,
                  "messages": [{"role": "user", "content": "Hi"}]}},
        "no item", ""])
    got = estimate(items, "-p", "openai", "-m", "gpt-4o-mini", "--rpm", 1, "--tpm", 100000)
    models = {model["model"]: model for model in got["models"]}
    check("estimate: each model's own", got["requests"] == 3 and got["bad_lines"] == 1 and
          models["gpt-4o-mini"]["requests"] == 2 and models["gpt-5"]["output_tokens"] == 1000 and
          models["gpt-4o-mini"]["output_tokens"] == 16 and got["unpriced_requests"] == 0 and
          near(sum(m["cost"] for m in models.values()), got["costs"][0]["cost"]), got)
    check("estimate: the time of the narrowest limit", got["seconds"] == 180 and
          got["limited_by"] == "requests per minute", got)
    got = estimate(items, "-p", "openai")
    check("estimate: what has no price is counted, not guessed", got["unpriced_requests"] == 2 and
          got["unmodelled_requests"] == 2 and got["seconds"] is None, got)
    got = estimate(items, "-p", "maritaca", "-m", "sabia-4")
    check("estimate: the currency is kept", [c["currency"] for c in got["costs"]] == ["BRL"], got)
    whole = estimate(items, "-m", "gpt-4o-mini", "-p", "openai")
    half = estimate(items, "-m", "gpt-4o-mini", "-p", "openai", "--native-batch")
    check("estimate --native-batch: half", near(whole["costs"][0]["cost"],
                                                2 * half["costs"][0]["cost"]), half)
    system = estimate(items, "-p", "openai", "-m", "gpt-4o-mini", "--system", "word " * 100)
    check("estimate: the options of run count", system["input_tokens"] > whole["input_tokens"] + 190,
          system)
    done = leat("estimate", items, "-p", "openai", "-m", "gpt-4o-mini", "--budget-usd", 1)
    check("estimate --budget-usd: enough", done.returncode == 0 and b"requests    3" in done.stdout,
          done)
    done = leat("estimate", items, "-p", "openai", "-m", "gpt-4o-mini", "--budget-usd", 1e-6)
    check("estimate --budget-usd: too little", done.returncode == 3 and
          b"more than the budget" in done.stderr, done)
    done = leat("estimate", items, "-p", "openai", "--budget-usd", 1)
    check("estimate --budget-usd: not known", done.returncode == 3 and b"no price" in done.stderr,
          done)
    check("estimate: no file", leat("estimate").returncode == 2 and
          leat("estimate", path("gone")).returncode == 2)
    many = write("many.jsonl", [{"id": str(n), "prompt": "Hi", "model": f"m{n}"}
                                for n in range(40)])
    got = estimate(many, "-p", "openai")
    check("estimate: many models", got["requests"] == 40 and len(got["models"]) == 33 and
          got["models"][-1]["requests"] == 8, got)


def runs():
    source = write("run.jsonl", [{"id": "a", "prompt": "What is a leat?"},
                                 {"id": "b", "prompt": "Why?", "model": "gpt-5"},
                                 {"id": "c", "prompt": "Who?", "model": "house-model"}])
    base = [source, "--mock", "-p", "openai", "-m", "gpt-4o-mini"]
    done = run(*base, "-o", path("run.out"), "--zone", "BRA")
    got = {record["id"]: record["leat"] for record in records("run.out")}
    prices = {"a": (0.15, 0.6), "b": (1.25, 10)}
    wrong = [name for name, (price_in, price_out) in prices.items() if not near(
        got[name]["cost_usd"], (got[name]["usage"]["input_tokens"] * price_in +
                                got[name]["usage"]["output_tokens"] * price_out) / 1e6, 1e-6)]
    check("run: the built-in price of each item's model", not wrong and
          got["c"]["cost_usd"] is None and re.search(r"cost +\$0\.0", said(done)), (got, said(done)))
    wrong = []
    for name, model in (("a", "gpt-4o-mini"), ("b", "gpt-5")):
        one = json.loads(leat("footprint", "-p", "openai", "-m", model, "--zone", "BRA",
                              "--output-tokens", got[name]["usage"]["output_tokens"],
                              "--latency-s", got[name]["timing_ms"]["total"] / 1000).stdout)
        if not near(got[name]["energy_kwh"], one["energy_kwh"]["mean"], 0.01):
            wrong.append((got[name], one))
    check("run: energy and carbon of each answer, null where not known", not wrong and
          got["c"]["energy_kwh"] is None and got["a"]["gwp_kgco2eq"] > 0 and
          "zone BRA; of 2 answers" in said(done), (wrong, said(done)))
    own = write("run.csv", ["provider,model,input_per_mtok,output_per_mtok",
                            "openai,house-model,1000,0"])
    done = run(source, "--mock", "-p", "openai", "-m", "house-model", "-o", path("own.out"),
               "--prices", own, "--budget-usd", 1)
    got = {record["id"]: record["leat"] for record in records("own.out")}
    check("run --prices: a table of one's own", done.returncode == 0 and near(
        got["c"]["cost_usd"], got["c"]["usage"]["input_tokens"] / 1000, 1e-6), said(done))
    done = run(*base, "-o", path("mixed.out"), "--prices", own)
    got = {record["id"]: record["leat"] for record in records("mixed.out")}
    check("run --prices: what it has not is built in", done.returncode == 0 and
          got["b"]["cost_usd"] > 5 * got["a"]["cost_usd"], got)
    done = run(*base, "-o", path("bad.out"), "--prices", path("gone.csv"))
    check("run --prices: no file, no run", done.returncode == 2 and "gone.csv" in said(done))
    done = run(*base, "-o", path("rich.out"), "--budget-usd", 1)
    check("run --budget-usd: an item without a price fails", done.returncode == 1 and
          sorted(r["leat"]["status"] for r in records("rich.out")) == ["config", "ok", "ok"],
          said(done))
    done = run(*base, "-o", path("poor.out"), "--budget-usd", 1e-9)
    check("run --budget-usd without --price: stops", done.returncode == 3, said(done))
    done = run(source, "--mock", "-o", path("none.out"), "--budget-usd", 1)
    check("run --budget-usd: no price, no run", done.returncode == 2 and
          "leat prices" in said(done), said(done))
    done = run(*base, "-o", path("zone.out"), "--zone", "ZZZ")
    check("run --zone: must be one", done.returncode == 2 and "--zone" in said(done), said(done))


def help_texts():
    for command in ("footprint", "prices", "estimate"):
        shown = leat("help", command)
        own = leat(command, "--help")
        check(f"help {command}", shown.returncode == 0 and shown.stdout == own.stdout and
              shown.stdout.startswith(b"leat " + command.encode()), shown)
        check(f"{command} is in the overview", f"leat {command}".encode() in leat("help").stdout)


footprints()
prices()
estimates()
runs()
help_texts()
leave()
