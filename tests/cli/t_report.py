#!/usr/bin/env python3
"""`leat report`: the page's numbers are those of the records, counted here a second time; whatever
text records hold stays text; any file makes a page, in the same memory."""
import collections
import json
import os
import random
import re
import subprocess
import time
import xml.etree.ElementTree

from cli import ENVIRONMENT, LEAT, Mock, check, leave, path, records, run, said, write

HOSTILE = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\"'&amp; ]]> --> \u202eabc\u2066"


def report(*arguments, stdin=None, timeout=60):
    return subprocess.run([LEAT, "report", *map(str, arguments)], input=stdin, timeout=timeout,
                          stdin=subprocess.DEVNULL if stdin is None else None,
                          capture_output=True, env=ENVIRONMENT, check=False)


def text_of(element):
    return " ".join("".join(element.itertext()).split())


class Page:
    """The page about an output, as any XML parser reads it."""

    def __init__(self, name):
        self.done = report(path(name), "-o", "-")
        self.text = self.done.stdout.decode()
        self.tree = xml.etree.ElementTree.fromstring(self.text)
        self.title = text_of(self.tree.find(".//h1"))
        self.facts = {text_of(one.find("dt")): (one.find("dd").text or "").strip()
                      for one in self.all("div") if one.find("dt") is not None}
        self.tables = {text_of(table.find(".//th")): [
            [text_of(cell) for cell in row.findall("td")] for row in table.iter("tr")
            if row.find("td") is not None] for table in self.all("table")}

    def all(self, tag, classes=None):
        return [one for one in self.tree.iter(tag) if classes is None or one.get("class") == classes]

    def text_below(self, classes):
        return [text_of(one) for parent in self.tree.iter() if parent.get("class") == classes
                for one in parent]


def number(words):
    """Of `1,234`, `12.3k`, `$0.5`, `310 ms`, `6.2 s`."""
    words = words.replace(",", "").replace("$", "")
    found = re.match(r"([\d.]+)([kMG]?)(?: (ms|s|min|h))?", words)
    scale = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[found[2]]
    return float(found[1]) * scale * {"s": 1000, "min": 60000, "h": 3600000}.get(found[3], 1)


def near(words, value, share=0.05):
    return abs(number(words) - value) <= share * value + 0.006


def quantile(values, share):
    values = sorted(values)
    return values[min(int(share * len(values)), len(values) - 1)]


def a_real_run():
    models = ["gpt-4o-mini", "gpt-4o", "no <such> model"]
    fates = {3: " [[mock:500]]", 17: " [[mock:400]]", 29: " [[mock:500x1]]", 31: " [[mock:429x1]]"}
    source = write("real.jsonl", (
        {"id": f"i{n}", "model": models[n % 3], "prompt": f"Question {n}?" + fates.get(n % 40, "")}
        for n in range(400)))
    with Mock("--latency-ms", "lognormal:20:0.5", "--retry-after-ms", "50", "--tokens", "5:60") as mock:
        done = run(source, "-o", path("real.out"), "--base-url", mock.url, "--provider", "openai", "-j", 8,
                   "--backoff", 0.05, "--slow-start", 0, "--retry-quota", 0, "-q", "--report",
                   path("real.html"), environment={"OPENAI_API_KEY": "unused"})
    got = records("real.out")
    page = Page("real.out")
    with open(path("real.html"), encoding="utf-8") as file:
        check("run --report writes what report writes", done.returncode == 1 and
              file.read() == page.text, said(done))
    good = [record for record in got if record["error"] is None]
    check("the headline has the counts", page.title.startswith(f"{len(good)} of 400 items answered in ")
          and 0 < len(good) < 400, page.title)
    check("the facts are the records' sums", page.facts["items"] == "400" and
          page.facts["answered"] == str(len(good)) and page.facts["failed"] == str(400 - len(good)) and
          number(page.facts["tokens in"]) == sum(r["leat"]["usage"]["input_tokens"] for r in good) and
          number(page.facts["tokens out"]) == sum(r["leat"]["usage"]["output_tokens"] for r in good) and
          near(page.facts["cost"], sum(r["leat"]["cost_usd"] or 0 for r in got), 0.01), page.facts)
    began = min(r["leat"]["started_ms"] for r in got)
    ended = max(r["leat"]["started_ms"] + r["leat"]["timing_ms"]["item"] for r in got)
    check("the wall time is that from the first item to the last", near(page.facts["wall time"],
                                                                       ended - began, 0.05), page.facts)
    places(page, got, good)
    by_model(page, got)
    failures(page, got)
    longest(page, got)
    over_time(page, got)


def places(page, got, good):
    row = {row[0]: row for row in page.tables[""]}
    wholes = [r["leat"]["timing_ms"]["total"] for r in good]
    spans = [r["leat"]["timing_ms"]["item"] - r["leat"]["timing_ms"]["queued"] for r in got]
    for name, values in (("whole answer", wholes), ("with retries", spans)):
        check(f"p50, p95, p99, longest and mean are right: {name}", row[name][1] == str(len(values)) and
              all(near(words, value, 0.06) for words, value in zip(row[name][2:], (
                  quantile(values, .5), quantile(values, .95), quantile(values, .99), max(values),
                  sum(values) / len(values)))), (row, [quantile(values, s) for s in (.5, .95, .99)]))
    bars = sum(int(title.text.split(": ")[1].replace(",", ""))
               for bar in page.all("rect", "bars") for title in bar)
    check("the bars hold each answer once", bars in (len(wholes), 2 * len(wholes)), bars)


def by_model(page, got):
    sums = collections.defaultdict(lambda: [0, 0, 0, 0])
    for record in got:
        usage = record["leat"]["usage"]
        one = sums[record["leat"]["model"] or "no answer"]
        for place, value in enumerate((1, record["error"] is not None, usage["input_tokens"] or 0,
                                       usage["output_tokens"] or 0)):
            one[place] += value
    rows = {row[0]: [int(row[i].replace(",", "")) for i in (1, 2, 3, 5)] for row in page.tables["model"]}
    check("tokens by model are right", rows == dict(sums) and len(rows) >= 3, (rows, dict(sums)))


def failures(page, got):
    kinds = collections.Counter(r["leat"]["status"] for r in got if r["error"])
    shown = {}
    for item in [one for one in page.all("ul", "faults kinds") for one in one]:
        shown[text_of(item.find(".//span"))] = int(text_of(item.find(".//em")))
    check("errors by kind are right, with hints", shown == dict(kinds) and
          "the provider failed inside" in page.text, (shown, kinds))
    lists = [one for one in page.all("ul", "faults")]
    told = {text_of(item.find(".//b")): text_of(item) for part in lists for item in part}
    failed_ids = {r["id"]: r for r in got if r["error"]}
    check("each failed item is there with its status and its message", set(told) == set(failed_ids) and
          all(failed_ids[name]["leat"]["status"] in words and
              failed_ids[name]["error"]["message"] in words for name, words in told.items()), told)


def longest(page, got):
    spans = sorted(((r["leat"]["timing_ms"]["item"] - r["leat"]["timing_ms"]["queued"], r["id"])
                    for r in got), reverse=True)[:10]
    check("the ten that took longest are these, in order",
          [row[0] for row in page.tables["item"]] == [name for _, name in spans],
          (page.tables["item"], spans))


def over_time(page, got):
    names = [text_of(one) for one in page.all("div", "name")]
    refused = sum(r["leat"]["rate_limited"] for r in got)
    retried = sum(max(r["leat"]["attempts"] - 1, 0) for r in got)
    failed = sum(r["error"] is not None for r in got)
    check("over time: 429s, retries and failures are counted", refused > 0 < retried and
          f"429s: {refused}" in names and f"retries: {retried}" in names and
          f"failed items: {failed}" in names, (names, refused, retried))
    held = collections.Counter()
    for record in got:
        held.update(record["leat"]["limited_ms"] or {})
    most, ms = held.most_common(1)[0]
    legend = page.text_below("legend")
    check("what held the run back has its share", most == "in-flight" and f"in flight (-j) "
          f"{100 * ms / sum(held.values()):.0f} %" in legend, (legend, held))


def made(name, **members):
    """A record as leat writes it, with nothing but these members."""
    return {"id": name, "custom_id": name, "response": None, "error": None,
            "leat": {"index": 0, "status": "ok", "attempts": 1, "rate_limited": 0, "usage": {}, **members}}


def hostile_text():
    lines = [{"leat_journal": 1, "identity": "x", "settings": {
        "model": HOSTILE, HOSTILE: "x", "system": "a\u0000b", "long": "y" * 5000}}]
    for n in range(30):
        record = made(f"{HOSTILE}{n}", status=HOSTILE[:40], model=HOSTILE, endpoint=f"{HOSTILE}{n % 2}",
                      timing_ms={"queued": 0, "total": 5, "item": 9}, started_ms=1.7e12 + n)
        record["error"] = {"code": HOSTILE, "message": "\u0007\u009b" + HOSTILE + "\u00e9" * 3000}
        lines.append(record)
    write("hostile.out", lines)
    page = Page("hostile.out")
    tags = {element.tag for element in page.tree.iter()}
    check("hostile text makes no element", not tags & {"script", "img", "iframe", "a", "link", "form"} and
          not any(name.startswith("on") for element in page.tree.iter() for name in element.attrib), tags)
    check("it is shown as it is", "</script><script>alert(1)" in text_of(page.tree) and
          "<script" not in page.text)
    check("what would turn or control the text shows as its number", "[U+202E]abc[U+2066]" in page.text and
          "[U+0007][U+009B]" in page.text and "a[U+0000]b" in page.text and
          not re.search("[\u0000-\u0008\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", page.text))
    check("long text is cut", "\u00e9" * 400 not in page.text and "\u00e9..." in page.text and
          "y" * 700 not in page.text)
    write("quiet.out", [lines[0]])
    check("settings alone make a page", Page("quiet.out").title == "No records yet")


def hostile_numbers():
    strange = [1e300, -1, 1e15, 0, "12", None, True, [], 1.5, 10**30]
    write("numbers.out", (made(f"i{n}-{m}", started_ms=a, timing_ms={
        "queued": b, "first_byte": a, "first_token": b, "total": a, "item": b}, cost_usd=a, attempts=b,
        rate_limited=a, usage={"input_tokens": a, "output_tokens": b}, limited_ms={"cooldown": a, "items": b},
        energy_kwh=b) for n, a in enumerate(strange) for m, b in enumerate(strange)))
    started = time.monotonic()
    page = Page("numbers.out")
    check("strange numbers end in a page, soon", page.facts["items"] == "100" and
          time.monotonic() - started < 5 and not re.search(r"\b(nan|inf)\b", page.text))


def any_file():
    for name, data, title, words in (
            ("empty", b"", "No records yet", ""),
            ("noise", b"my diary\n\x00\xff\n[1]\n{\n", "No records yet", "4 lines are no record"),
            ("openai", b'{"id":"b","custom_id":"a","response":{"status_code":200,"body":{"model":"m"}},'
                       b'"error":null}\n', "1 item answered", ">m<"),
            ("failed", b"".join(json.dumps({**made(f"i{n}", status="server"), "error": {
                "code": "c", "message": "m"}}).encode() + b"\n" for n in range(9)),
             "None of 9 items was answered", "server"),
            ("one", json.dumps(made("i", timing_ms={"total": 5})).encode(), "1 item answered", "5.00 ms"),
            ("blank", b"\n\r\n  \n", "No records yet", "")):
        with open(path(f"{name}.out"), "wb") as file:
            file.write(data)
        page = Page(f"{name}.out")
        check(f"a file that is {name}: {title}", page.done.returncode == 0 and page.title == title and
              words in page.text, (page.title, page.done.stderr))
    lines = [json.dumps(made(f"i{n}")).encode() for n in range(3)]
    with open(path("cut.out"), "wb") as file:
        file.write(b"\n".join(lines)[:-40])
    page = Page("cut.out")
    check("a last line that is cut is left out, and said", page.facts["items"] == "2" and
          "1 line is no record (the last one seems to be cut)" in page.text, page.title)
    piped = report("-", "-o", "-", stdin=b"\n".join(lines))
    check("stdin in, stdout out", piped.returncode == 0 and b"<h1>3 items answered</h1>" in piped.stdout)


def damaged():
    with open(path("real.out"), "rb") as file:
        data = file.read(60000)
    chance = random.Random(3)
    for turn in range(25):
        bytes_now = bytearray(data)
        for _ in range(chance.choice((1, 5, 50, 500))):
            at = chance.randrange(len(bytes_now))
            if chance.random() < 0.5:
                bytes_now[at] = chance.randrange(256)
            else:
                bytes_now[at:at + chance.randrange(99)] = bytes(
                    chance.choice(b'{}[]",:\\u0e9-\n') for _ in range(chance.randrange(9)))
        done = report("-", "-o", "-", stdin=bytes(bytes_now))
        try:
            xml.etree.ElementTree.fromstring(done.stdout)
            good = done.returncode == 0 and not done.stderr
        except xml.etree.ElementTree.ParseError as error:
            good, done = False, error
        if not check(f"a damaged file makes a whole page: {turn}", good, done):
            break


def from_cache():
    write("cache.out", [made(f"i{n}", cached=n % 3 == 0, attempts=n % 3) for n in range(30)])
    legend = Page("cache.out").text_below("legend outcomes")
    check("answers from the cache are told apart", legend == [
        "10 at the first try", "10 after more tries", "10 from the cache"], legend)


def two_days():
    day = 86400000
    def at(started, name):
        return made(name, started_ms=started, timing_ms={"queued": 1, "total": 900, "item": 1000})
    write("days.out", [at(1.7e12 + 500 * n, f"a{n}") for n in range(20)] +
          [at(1.7e12 + day + 500 * n, f"b{n}") for n in range(20)])
    page = Page("days.out")
    # 10.5 s each; the second one begins where the first one ended.
    check("a day without any item is left out of the run's time", page.facts["wall time"] == "21.0 s" and
          "23 h 59 min without any item are left out" in page.text and len(page.all("rect", "break")) == 2,
          page.facts)


def nothing_from_outside():
    page = Page("real.out")
    found = [f"{name}={value}" for element in page.tree.iter() for name, value in element.attrib.items()
             if name in ("src", "href", "action", "data") or name.endswith("}href")]
    check("nothing from outside, no script", not found and not page.all("script") and
          not re.search(r"@import|url\(", page.text) and "default-src 'none'" in page.text, found)
    check("light and dark, wide and narrow", "prefers-color-scheme: dark" in page.text and
          "max-width: 640px" in page.text and 'name="viewport"' in page.text)


def resident_kib(name):
    """The most that was resident when all but the pipe's last bytes had been read."""
    child = subprocess.Popen([LEAT, "report", "-", "-o", path("piped.html")], stdin=subprocess.PIPE,
                             env=ENVIRONMENT)
    with open(path(name), "rb") as file:
        child.stdin.write(file.read())
    child.stdin.flush()
    with open(f"/proc/{child.pid}/status", encoding="ascii") as file:
        most = int(re.search(r"VmHWM:\s*(\d+)", file.read())[1])
    child.stdin.close()
    return most if child.wait(30) == 0 else 0


def size():
    for count in (1000, 100000):
        with open(path(f"{count}.out"), "w", encoding="ascii") as file:
            for n in range(count):
                record = made(f"i{n}", model=f"m{n % 1000}", endpoint=f"e{n % 500}",
                              started_ms=1.7e12 + n * 40, status="ok" if n % 3 else f"s{n % 100}", timing_ms={
                                  "queued": n % 50, "first_byte": n % 7, "total": n % 800, "item": n % 3000})
                if n % 3 == 0:
                    record["error"] = {"code": "c", "message": "because " * 40}
                file.write(json.dumps(record) + "\n")
    started = time.monotonic()
    done = report(path("100000.out"), "-o", path("100000.html"))
    seconds = time.monotonic() - started
    few, many = resident_kib("1000.out"), resident_kib("100000.out")
    check(f"100,000 lines: {seconds:.1f} s, and no more memory than 1,000 ({few}, {many} KiB)",
          done.returncode == 0 and 0 < many < few + 1024 and seconds < 20)
    check("and no larger page", os.path.getsize(path("100000.html")) < 400000,
          os.path.getsize(path("100000.html")))
    page = Page("100000.out")
    check("models beyond those with a line are one line", len(page.tables["model"]) == 25 and
          sum(int(row[1].replace(",", "")) for row in page.tables["model"]) == 100000)


def mistakes():
    write("good.out", [made("i")])
    good = path("good.out")
    for arguments, words in ((["--title", "x", good], "unknown option"), ([], "which file?"),
                             ([path("gone.out")], "No such file"), ([good, "-o", good], "overwrite"),
                             ([good, "-o", path("no/such/page.html")], "No such file"),
                             ([good, good], "one input file"), ([good, "-o", "/dev/full"], "No space")):
        done = report(*arguments)
        check(f"exit 2 and a reason: {words}", done.returncode == 2 and words in done.stderr.decode() and
              done.stderr.count(b"\n") == 1, done.stderr)
    source = write("few.jsonl", ({"id": f"i{n}", "prompt": "p"} for n in range(3)))
    for arguments, words in ((["--report", path("x.html")], "needs records in a file"),
                             (["-o", path("few.out"), "--format", "text", "--report", path("x.html")],
                              "needs records in a file"),
                             (["-o", path("few.out"), "--report", source], "overwrite")):
        done = run(source, "--mock", *arguments)
        check(f"run --report refuses before it sends: {' '.join(arguments[-2:])[:12]}",
              done.returncode == 2 and words in said(done) and not os.path.exists(path("few.out")),
              said(done))
    shown = subprocess.run([LEAT, "help", "report"], capture_output=True, check=False).stdout
    check("help report and report --help say the same", shown == report("--help").stdout and
          b"[report.html]" in shown)


a_real_run()
hostile_text()
hostile_numbers()
any_file()
damaged()
from_cache()
two_days()
nothing_from_outside()
size()
mistakes()
leave()
