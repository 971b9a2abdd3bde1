#!/usr/bin/env python3
"""`leat simulate`: its help, its table, JSON, CSV and chart, and that what it says follows from the
options and the seed alone. Virtual time: nothing here waits, save one run that is simulated too."""
import csv
import html.parser
import io
import json
import re
import subprocess
import time
import xml.etree.ElementTree

from cli import BUILD, ENVIRONMENT, LEAT, Mock, check, leave, path, prompts, run


def simulate(*arguments, timeout=60):
    return subprocess.run([LEAT, "simulate", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, env=ENVIRONMENT, timeout=timeout, check=False)


def results(*arguments):
    done = simulate("--json", *arguments)
    return json.loads(done.stdout) if done.returncode == 0 else {"settings": [], "said": done}


def rows_of(text):
    """The lines of the table that begin with a number of requests in flight."""
    return re.findall(r"^ *[>+]? *(?:auto|\d[\d,]*)  .*(?:%|-)$", text, re.M)


def help_text():
    shown = subprocess.run([LEAT, "help", "simulate"], capture_output=True, check=False).stdout
    text = shown.decode()
    lines = text.splitlines()
    check("simulate --help says the same", simulate("--help").stdout == shown)
    for option, default in (("--items", "1000"), ("--prompt-tokens", "200"),
                            ("--output-tokens", "150"), ("--output-spread", "0.4"),
                            ("--latency", "0.5"), ("--latency-spread", "0.3"),
                            ("--token-time", "10"), ("--provider-rpm", "500"),
                            ("--provider-tpm", "0"), ("--provider-itpm", "0"),
                            ("--provider-otpm", "0"), ("--provider-rpd", "0"),
                            ("--provider-concurrency", "0"), ("--burst", "60"),
                            ("--headers", "none"), ("--retry-after", "none"),
                            ("--error-rate", "0"), ("--max-in-flight", "auto,5,20,50"), ("--rpm", "0"),
                            ("--max-attempts", "3"), ("--backoff", "1"), ("--cooldown", "10"),
                            ("--slow-start", "50"), ("--timeout", "120"), ("--seed", "1")):
        found = [line for line in lines if re.search(rf"{option} ", line)
                 and line.endswith(f"[{default}]")]
        check(f"help shows {option} and its default {default}", len(found) == 1, text)
    for option in ("--overload", "--halve-at", "--tpm", "--price", "--json", "--csv", "--chart"):
        check(f"help shows {option} once",
              len([line for line in lines if re.match(rf" {{2,6}}(-\w, )?{option}\b(?!-)", line)]) == 1,
              text)


def defaults():
    done = simulate()
    text = done.stdout.decode()
    check("without an option: four settings and advice", done.returncode == 0 and
          len(rows_of(text)) == 4 and "Best is -j " in text and "leat run IN -o OUT -j " in text and
          done.stderr == b"", text + done.stderr.decode())
    check("a pipe gets no escapes", b"\x1b" not in done.stdout)
    check("the best row is marked", len(re.findall(r"^ > ", text, re.M)) == 1, text)
    names = "-n", 500, "--error-rate", "0.05", "--provider-tpm", 90000, "--headers", "openai"
    first, again = (simulate(*names, "--seed", 7) for _ in range(2))
    check("the same seed: the same bytes", first.stdout == again.stdout and first.stdout != b"")
    check("another seed: others", first.stdout != simulate(*names, "--seed", 8).stdout)


def comparisons():
    text = simulate("-j", "5,10,20", "--rpm", "0,300").stdout.decode()
    check("two lists: a row for each pair", len(rows_of(text)) == 6, text)
    got = results("-j", "4,8")
    times = [row["seconds"] for row in got["settings"]]
    check("twice as many in flight: half the time", len(times) == 2 and
          1.8 < times[0] / times[1] < 2.1, got)
    found = results("-j", "auto", "--provider-rpm", 0)["settings"][0]
    check("-j auto: leat finds more than it begins with", found["max_in_flight"] is None and
          found["in_flight_peak"] > 5 and found["seconds"] < times[1], found)
    row = got["settings"][0]
    check("counts add up", row["succeeded"] == 1000 and row["failed"] == 0 and
          row["requests"] == 1000 and row["in_flight_peak"] == 4 and
          abs(row["input_tokens"] / 1000 - 200) <= 2, row)
    check("shares of what limited are of the whole time",
          abs(sum(row["limited_by"].values()) - 1) < 0.01, row)
    check("the advice names the best", f"-j {got['settings'][got['best']]['max_in_flight']}" in
          got["advice"], got["advice"])


def provider_limits():
    got = results("-n", 2000, "-j", "5,100", "--rpm", 290, "--provider-rpm", 300, "--burst", 1)
    slow, fast = got["settings"][:2]
    check("bound by requests: more in flight is not faster than the provider",
          slow["requests_per_minute"] < 200 and 270 < fast["requests_per_minute"] <= 300 and
          fast["capacity_share"] <= 1.01 and fast["rate_limited"] == 0, got)
    check("and --rpm is said to be the limit", max(fast["limited_by"], key=fast["limited_by"].get)
          == "requests/min", fast)
    got = results("-j", "50", "--provider-rpm", 120, "--burst", 1)
    check("refused too often: a pace that the provider keeps up is added",
          [row["suggested"] for row in got["settings"]] == [False, True] and got["best"] == 1 and
          got["settings"][0]["rate_limited_share"] > 0.005 and
          got["settings"][1]["rate_limited"] == 0 and got["settings"][1]["rpm"] == 114, got)
    got = results("-j", "20", "--provider-concurrency", 10, "--provider-rpm", 0)
    check("too many at once: as many as it serves", got["best"] == 1 and
          got["settings"][1]["max_in_flight"] == 10, got)
    row = results("-n", 1500, "-j", "auto", "--provider-rpm", 3000, "--burst", 5, "--headers",
                  "openai", "--latency", 0.1, "--token-time", 0)["settings"][0]
    check("told limits of a small bucket are used up, and not overrun", row["rate_limited"] == 0 and
          row["seconds"] < 27, row)
    got = results("-j", 5, "--provider-rpm", 0)
    check("no limit: no share of it", got["settings"][0]["capacity_share"] is None, got)
    whole, half = (results("-n", 2000, "-j", 40, "--provider-rpm", 600, "--burst", 1, "--rpm", 570,
                           *more)["settings"][0] for more in ((), ("--halve-at", 60)))
    check("--halve-at: slower, with 429s", half["seconds"] > whole["seconds"] and
          half["rate_limited"] > whole["rate_limited"] == 0, (whole, half))
    row = results("-j", 5, "--overload", "10/60", "--max-attempts", 9)["settings"][0]
    check("--overload: retries that are no 429s", row["retries"] > 5 and row["rate_limited"] == 0 and
          row["succeeded"] == 1000, row)
    row = results("-j", 5, "--error-rate", "0.1", "--max-attempts", 1)["settings"][0]
    check("--error-rate: so many fail with one try", 60 < row["failed"] < 140, row)
    row = results("-j", 5, "--price", "10/20")["settings"][0]
    cost = row["input_tokens"] * 10e-6 + row["output_tokens"] * 20e-6
    check("--price: the tokens' cost", abs(row["cost_usd"] - cost) < 1e-4, row)
    row, longer = (results("-n", 500, "-j", 20, "--provider-rpm", 600, "--burst", 1, "--rpm", 570,
                           "--halve-at", 20, "--slow-start", 0, "--cooldown", pause)["settings"][0]
                   for pause in (1, 60))
    check("--cooldown is that of run: a longer one costs time", longer["seconds"] >
          row["seconds"] + 60, (row, longer))
    text = simulate("-j", 5, "--hedge", 95, "--latency-factor", 2.5, "--pacing", "linear",
                    "--ignore-headers").stdout.decode()
    check("so are the newer ones, and the line for run has them", "-j 5 --ignore-headers "
          "--latency-factor 2.5 --pacing linear --hedge 95\n" in text, text)
    text = simulate("-j", 5, "--cooldown", 2.5, "--order", "input", "--retry-failed").stdout.decode()
    check("the line for run has the pace that was given", "leat run IN -o OUT -j 5 --cooldown 2.5 "
          "--retry-failed --order input\n" in text, text)


def files():
    done = simulate("-j", "5,10", "--csv", path("out.csv"))
    with open(path("out.csv"), encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    check("--csv: a line for each setting, and the table still", len(table) == 2 and
          [line["max_in_flight"] for line in table] == ["5", "10"] and
          float(table[0]["seconds"]) > float(table[1]["seconds"]) and
          len(rows_of(done.stdout.decode())) == 2, table)
    printed = list(csv.DictReader(io.StringIO(simulate("-j", "5,10", "--csv", "-").stdout.decode())))
    check("--csv -: the same, instead of the table", printed == table, printed)
    got = results("-j", "5,10")
    check("JSON and CSV agree", [row["seconds"] for row in got["settings"]] ==
          [float(line["seconds"]) for line in table], got)


class Links(html.parser.HTMLParser):
    """Everything in a page that could lead outside of it."""
    found = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base", "form"):
            self.found.append(tag)
        self.found += [f"{name}={value}" for name, value in attrs
                       if name in ("src", "href", "xlink:href", "action", "data")]


def chart():
    names = "-j", "5,20,50", "--rpm", "0,300", "--price", "1/2", "--error-rate", 0.01
    done = simulate(*names, "--chart", path("chart.html"))
    with open(path("chart.html"), encoding="utf-8") as file:
        page = file.read()
    check("--chart: written, and the table is printed", done.returncode == 0 and
          len(rows_of(done.stdout.decode())) >= 6, done.stderr)
    tree = xml.etree.ElementTree.fromstring(page)
    panels = [figure for figure in tree.iter("figure") if figure.get("class") == "panel"]
    titles = [panel.find("figcaption").find("b").text for panel in panels]
    check("the chart is well-formed, with a panel for each setting", titles[:6] == [
        "-j 5", "-j 5 --rpm 300", "-j 20", "-j 20 --rpm 300", "-j 50", "-j 50 --rpm 300"], titles)
    check("each panel has its strips, its legend and titles to point at", all(
        len(list(panel.iter("path"))) >= 5 and panel.find("ul") is not None and
        len(list(panel.iter("title"))) > 20 for panel in panels))
    check("where there were 429s there are marks", any(
        rect.get("class") == "refuse" for rect in panels[4].iter("rect")) and not any(
            rect.get("class") == "refuse" for rect in panels[0].iter("rect")))
    check("the table has a line for each setting", len(list(tree.iter("tr"))) == len(panels) + 1)
    links = Links()
    links.feed(page)
    check("nothing from outside", not links.found and not re.search(
        r"https?:|//\w|@import|url\(|<script", page), links.found)
    check("light and dark, wide and narrow", "prefers-color-scheme: dark" in page and
          "max-width: 640px" in page and 'name="viewport"' in page)
    simulate(*names, "--chart", path("again.html"))
    with open(path("again.html"), encoding="utf-8") as file:
        check("the same seed: the same page", file.read() == page)
    simulate("-j", "1,20", "--chart", path("cut.html"))
    with open(path("cut.html"), encoding="utf-8") as file:
        check("a setting that takes many times as long is cut, and says so", "cut here" in
              file.read())


def mistakes():
    for arguments, words in (
            (["-j", "0"], "--max-in-flight"), (["-j", "5,x"], "--max-in-flight"),
            (["-j", ",".join(["5"] * 17)], "--max-in-flight"), (["--rpm", "-1"], "--rpm"),
            (["-j", "1,2,3,4,5,6,7,8,9", "--rpm", "1,2,3,4,5,6,7,8"], "--rpm"),
            (["--items", "0"], "--items"), (["--output-spread", "9"], "--output-spread"),
            (["--latency", "x"], "--latency"), (["--error-rate", "1.5"], "--error-rate"),
            (["--overload", "10"], "--overload"), (["--overload", "10/5"], "--overload"),
            (["--price", "1"], "--price"), (["--price", "-1/2"], "--price"),
            (["--headers", "all"], "--headers"), (["--retry-after", "never"], "--retry-after"),
            (["--provider-tpm", "1e9"], "--provider-tpm"), (["--burst", "0"], "--burst"),
            (["--provider-tpm", "100000000000", "--burst", "86400"], "--burst"),
            (["--seed"], "--seed"), (["--itmes", "5"], "did you mean --items"),
            (["--provider", "openai"], "--provider"), (["prompts.jsonl"], "options only")):
        done = simulate(*arguments)
        check(f"exit 2 and a reason: {' '.join(arguments)}", done.returncode == 2 and
              words in done.stderr.decode() and done.stderr.count(b"\n") == 1 and
              done.stdout == b"", done.stderr.decode() + done.stdout.decode())
    done = simulate("--chart", path("no/such/folder.html"))
    check("a chart that cannot be written: exit 2", done.returncode == 2 and
          b"No such file" in done.stderr, done.stderr)


def a_real_run():
    """The same batch for real: 200 items, 50 ms each, 5 at once. Only an upper bound can be late."""
    simulated = results("-n", 200, "-j", 5, "--latency", "0.05", "--latency-spread", 0,
                        "--token-time", 0, "--provider-rpm", 0)["settings"][0]["seconds"]
    with Mock("--latency-ms", "50") as mock:
        source = prompts("real.jsonl", 200)
        started = time.monotonic()
        done = run(source, "-o", path("real.out"), "--base-url", mock.url, "-m", "m", "-q",
                   "-j", 5)
        real = time.monotonic() - started
    check(f"a real run takes as long as was said ({simulated:.2f} s, {real:.2f} s)",
          done.returncode == 0 and 2.0 < simulated < 2.2 and simulated * 0.95 < real < simulated * 2)


def resident_kib(*arguments):
    script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
              "stdout=subprocess.DEVNULL); "
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run(["python3", "-c", script, LEAT, "simulate", *map(str, arguments)],
                          capture_output=True, env=ENVIRONMENT, check=False)
    return int(done.stdout or 0)


def size():
    base = ["-j", 100, "--rpm", 5700, "--provider-rpm", 6000]
    started = time.monotonic()
    few, many = (resident_kib(*base, "-n", count) for count in (2000, 100000))
    seconds = time.monotonic() - started
    check(f"100,000 items: {seconds:.1f} s, and no more memory than 2,000 ({few}, {many} KiB)",
          0 < many < few + 512 and seconds < 30)


if subprocess.run([LEAT, "simulate", "-n", "1"], capture_output=True, check=False).returncode != 0:
    print(f"ok - cli: simulate # SKIP {BUILD} has no simulated port")
    leave()
help_text()
defaults()
comparisons()
provider_limits()
files()
chart()
mistakes()
a_real_run()
size()
leave()
