#!/usr/bin/env python3
"""How fast: -j auto finds its way under a limit that headers tell, -j N is never more than N, limits of
the command's own are kept, a second try overtakes a slow one; and what makes no sense is refused."""
import concurrent.futures
import subprocess
import time

from cli import ENVIRONMENT, LEAT, Mock, by_id, check, leave, path, prompts, records, run, said, write


def number_in_flight():
    with Mock("--latency-ms", "20") as mock:
        base = [prompts("flight.jsonl", 300), "--base-url", mock.url, "-m", "m"]
        done = run(*base, "-o", path("seven.out"), "-j", 7)
        most = mock.stats()["in_flight_max"]
        check(f"-j 7: never more ({most})", done.returncode == 0 and 5 <= most <= 7 and
              "7 in flight at most" in said(done), said(done))
        done = run(*base, "-o", path("auto.out"))
        most = mock.stats()["in_flight_max"]
        check(f"without -j: more than the five it begins with ({most}), at most 256",
              done.returncode == 0 and 10 < most <= 256, said(done))
        begun = time.monotonic()
        done = run(*base, "-o", path("ramp.out"), "--ramp", 0.2, "--limit", 60)
        seconds = time.monotonic() - begun
        check(f"--ramp 0.2: one at first, two, three ...: 60 items of 20 ms take {seconds:.1f} s",
              done.returncode == 0 and len(records("ramp.out")) == 60 and seconds > 0.4, said(done))


def told_limits():
    """20 a second, the bucket full at first: 400 items cannot take less than 10 s without 429s."""
    with Mock("--rpm", 6000, "--burst-s", 1, "--latency-ms", 50) as mock:
        begun = time.monotonic()
        done = run(prompts("told.jsonl", 500), "-o", path("told.out"), "--base-url", mock.url, "-m",
                   "m")
        seconds = time.monotonic() - begun
        limited = mock.stats()["limited"]
        check(f"-j auto under told limits: {limited} of 500 refused, {seconds:.1f} s of at least 4",
              done.returncode == 0 and limited <= 25 and seconds < 12, said(done))


def own_limits():
    with Mock() as mock:
        base = [prompts("own.jsonl", 40), "--base-url", mock.url, "-m", "m", "-q"]
        for index, (options, least, most) in enumerate((
                (["--rpm", 1200], 0.9, 3), (["--rpm", 1200, "--burst", 1], 1.8, 4),
                (["--input-tpm", 20000, "--rpm", 60000, "--burst", 100], 0, 5))):
            begun = time.monotonic()
            done = run(*base, "-o", path(f"own{index}.out"), *options)
            seconds = time.monotonic() - begun
            check(f"{' '.join(map(str, options))}: 40 items in {seconds:.1f} s",
                  done.returncode == 0 and least < seconds < most, said(done))
        done = run(*base, "-o", path("day.out"), "--rpd", 10, "--deadline", 1)
        check("--rpd: no more than 10 today, and the deadline ends it", done.returncode == 3 and
              len(records("day.out")) == 10, f"{said(done)} {len(records('day.out'))}")
        done = run(*base, "-o", path("day2.out"), "--tpd", 400, "--deadline", 1)
        check("--tpd likewise", done.returncode == 3 and len(records("day2.out")) < 40, said(done))


def pauses():
    with Mock() as mock:
        def limited(name, prompt, *options):
            source = write(f"{name}.jsonl", [{"id": "a", "prompt": prompt}])
            begun = time.monotonic()
            done = run(source, "-o", path(f"{name}.out"), "--base-url", mock.url, "-m", "m",
                       "--slow-start", 0, *options)
            return time.monotonic() - begun, by_id(f"{name}.out").get("a"), done
        seconds, got, done = limited("wait", "[[mock:429x1 retry-after=60]] a", "--max-wait", 0.3)
        check(f"--max-wait cuts a Retry-After of 60 s ({seconds:.1f} s)", done.returncode == 0 and
              0.25 < seconds < 3 and got["error"] is None, said(done))
        seconds, got, done = limited("pause", "[[mock:429x2]] b", "--cooldown", 0.2)
        check(f"--cooldown: short pauses where no time is named ({seconds:.1f} s)",
              done.returncode == 0 and seconds < 4, said(done))
        _, got, done = limited("few", "[[mock:429]] c", "--cooldown", 0.01, "--rate-limit-retries",
                               2)
        check("--rate-limit-retries 2: then it fails", done.returncode == 1 and
              got["leat"]["status"] == "rate_limit", (got, said(done)))
        _, got, done = limited("quota", "[[mock:500]] d", "--backoff", 0.01, "--max-attempts", 9,
                               "--retry-quota", 12)
        check("--retry-quota 12: two retries, and no more", done.returncode == 1 and
              got["leat"]["attempts"] == 3, (got, said(done)))
        for pacing in ("linear", "fixed-delay", "batch-llm"):
            seconds, got, done = limited(pacing, f"[[mock:500x1]] {pacing}", "--pacing", pacing,
                                         "--backoff", 0.05)
            check(f"--pacing {pacing} runs", done.returncode == 0 and got["leat"]["attempts"] == 2,
                  said(done))


def hedges():
    """One prompt in a hundred takes 4 s where the others take 50 ms. Its second try is fast: the fate
    is spent on the first."""
    items = [{"id": f"h{n}", "prompt": f"[[mock:okx1 latency=4000]] {n}" if n % 100 == 60 else
              f"plain {n}"} for n in range(300)]
    source = write("hedge.jsonl", items)
    with Mock("--latency-ms", "50") as mock:
        base = [source, "--base-url", mock.url, "-m", "m", "-j", 20]
        begun = time.monotonic()
        done = run(*base, "-o", path("hedge.out"), "--hedge", 95)
        seconds = time.monotonic() - begun
        got = records("hedge.out")
        won = [record["id"] for record in got if record["leat"]["hedged"] == "won"]
        check(f"--hedge 95: done in {seconds:.1f} s, though three items take 4 s",
              done.returncode == 0 and seconds < 3.5 and {"h60", "h160", "h260"} <= set(won),
              f"{won} {said(done)}")
        check("each id is there once", sorted(record["id"] for record in got) ==
              sorted(item["id"] for item in items), len(got))
        check("the summary counts them", "second tries, of which" in said(done), said(done))


def small_block():
    shell = (f"ulimit -v 400000; exec {LEAT} run {prompts('small.jsonl', 20)} --base-url "
             "{} -m m -o {}")
    with Mock() as mock:
        done = subprocess.run(["bash", "-c", shell.format(mock.url, path("small.out"))],
                              capture_output=True, env=ENVIRONMENT, timeout=30, check=False)
        check("where 600 MiB cannot be mapped -j auto does with less", done.returncode == 0 and
              len(records("small.out")) == 20, done.stderr.decode())


def mistakes():
    source = prompts("wrong.jsonl", 1)

    def refused(case):
        arguments, words = case
        done = run(source, "--mock", *arguments)
        return (f"exit 2 and a reason: {' '.join(arguments)}", done.returncode == 2 and
                all(word in said(done) for word in words) and done.stderr.count(b"\n") == 1,
                said(done))
    cases = [([f"--{name}", "0"], [f"--{name}:", "less than 1"])
             for name in ("tpm", "input-tpm", "output-tpm", "rpd", "tpd")]
    cases += [
        (["-j", "0"], ["--max-in-flight:", "1 to 16384"]),
        (["-j", "16385"], ["--max-in-flight:"]), (["-j", "some"], ["a whole number or auto"]),
        (["--rpm", "0"], ["--rpm:"]), (["--rpm", "4294967296"], ["--rpm:"]),
        (["--burst", "0", "--rpm", "9"], ["--burst:"]), (["--burst", "5"], ["--burst", "--rpm"]),
        (["--ramp", "0"], ["--ramp:"]), (["--ramp", "3601"], ["--ramp:", "0 to 3600 seconds"]),
        (["--ramp", "1", "-j", "1"], ["--ramp", "-j 1"]),
        (["--latency-factor", "1"], ["--latency-factor", "more than 1"]),
        (["--latency-factor", "1001"], ["--latency-factor:"]),
        (["--pacing", "fast"], ["--pacing:", "exponential|linear|fixed-delay|batch-llm"]),
        (["--pacing", "batch-llm", "--cooldown", "5"], ["--pacing batch-llm", "--cooldown"]),
        (["--retry-quota", "1000001"], ["--retry-quota:"]),
        (["--rate-limit-retries", "-1"], ["--rate-limit-retries:"]),
        (["--max-wait", "0"], ["--max-wait:"]), (["--cooldown", "601"], ["--cooldown:"]),
        (["--hedge", "0"], ["--hedge:", "1 to 99"]), (["--hedge", "100"], ["--hedge:"])]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for name, good, detail in pool.map(refused, cases):
            check(name, good, detail)
    done = run(source, "--mock", "-q", "--retry-quota", 3, "--latency-factor", 1.01, "--hedge", 1,
               "--rate-limit-retries", 0, "--ramp", 0.001, "-j", 16384, "--max-wait", 86400,
               "--item-bytes", 8192)
    check("the limits themselves are taken", done.returncode == 0, said(done))


def helped():
    text = subprocess.run([LEAT, "help", "run"], capture_output=True, check=False).stdout.decode()
    for option, default in (("--max-in-flight", "auto"), ("--cooldown", "10"), ("--max-wait", "120"),
                            ("--rate-limit-retries", "20"), ("--retry-quota", "500"),
                            ("--pacing", "exponential")):
        check(f"help shows {option} and its default {default}",
              any(option + " " in line and line.endswith(f"[{default}]")
                  for line in text.splitlines()), text)
    check("no line of help is wider than 120", max(map(len, text.splitlines())) <= 124, text)


number_in_flight()
told_limits()
own_limits()
pauses()
hedges()
small_block()
mistakes()
helped()
leave()
