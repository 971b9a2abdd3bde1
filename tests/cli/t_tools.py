#!/usr/bin/env python3
"""Tools that are commands: what the model calls runs here, in every provider's format, whole and
streamed, and the model is told the result (P22, G19-G24); what later tries ask for (B18, B19); dry
runs (B15). The loopback server checks that every call of a turn is answered, in its order."""
import json
import os
import signal
import subprocess
import time

from cli import ENVIRONMENT, LEAT, Mock, by_id, check, leave, path, prompts, records, run, said, write

WEATHER = {"name": "weather", "parameters": {"type": "object", "properties": {
    "city": {"type": "string"}}, "required": ["city"]}}


def tools(name, *list_):
    with open(path(name), "w", encoding="utf-8") as file:
        json.dump(list(list_), file)
    return path(name)


def one(text="Use the tool", *options, provider="openai", mock=()):
    """The record of one prompt against a loopback server."""
    out = path("one.out")
    if os.path.exists(out):
        os.unlink(out)
    with Mock("--echo", *mock) as server:
        suffix = "" if provider != "gemini" else "beta"
        done = run(write("one.jsonl", [{"id": "a", "prompt": text}]), "-o", out, "-p", provider,
                   "--base-url", server.url + suffix, "-m", "m", *options,
                   environment={"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "GEMINI_API_KEY": "k"})
    found = records("one.out")
    return (found[0] if found else {}), done


def formats():
    file = tools("echo.json", {**WEATHER, "command": ["sh", "-c", "cat; echo; echo sunny"]})
    for provider in ("openai", "openai-responses", "anthropic", "gemini", "ollama"):
        for stream in ([], ["--stream"]):
            source = prompts("formats.jsonl", 20, "Use the tool for {}")
            out = path(f"formats-{provider}{len(stream)}.out")
            done = run(source, "-o", out, "--mock", "-p", provider, "-m", "m", "--tools", file, *stream,
                       "-q")
            found = records(os.path.basename(out))
            good = len(found) == 20 and all(
                r["leat"]["status"] == "ok" and r["leat"]["attempts"] == 2 and
                [s["result"] for s in r["leat"]["tool_steps"]] ==
                ['{"city":"text"}\nsunny'] and "sunny" in r["leat"]["text"] for r in found)
            check(f"G20 {provider}{' streamed' if stream else ''}: a called tool runs and the model "
                  "goes on with its result", done.returncode == 0 and good,
                  said(done) + json.dumps(found[:1]))


def failures():
    file = tools("bad.json", {**WEATHER, "command": "echo not today; exit 3"})
    record, done = one("Use the tool", "--tools", file)
    step = (record.get("leat", {}).get("tool_steps") or [{}])[0]
    check("G21 a command that fails is told to the model, and the item succeeds",
          done.returncode == 0 and step.get("error") is True and step.get("result") == "not today",
          record)
    file = tools("none.json", {**WEATHER, "command": ["/no/such/program"]})
    record, done = one("Use the tool", "--tools", file)
    step = (record.get("leat", {}).get("tool_steps") or [{}])[0]
    check("G21 a command that is not there is told to the model",
          done.returncode == 0 and step.get("error") is True and "No such file" in step["result"], record)
    file = tools("signal.json", {**WEATHER, "command": "kill -9 $$"})
    record, done = one("Use the tool", "--tools", file)
    step = (record.get("leat", {}).get("tool_steps") or [{}])[0]
    check("G21 a command that is killed is told to the model",
          done.returncode == 0 and step.get("result") == "The tool was ended by signal 9.", record)
    file = tools("bytes.json", {**WEATHER, "command": "printf '\\377'"})
    record, done = one("Use the tool", "--tools", file)
    step = (record.get("leat", {}).get("tool_steps") or [{}])[0]
    check("output that is no UTF-8 is told to the model",
          done.returncode == 0 and step.get("result") == "The tool's output is not UTF-8.", record)
    for size, error in ((65536, False), (65537, True)):
        file = tools("large.json", {**WEATHER, "command": f"head -c {size} /dev/zero | tr '\\0' x"})
        record, done = one("Use the tool", "--tools", file)
        step = (record.get("leat", {}).get("tool_steps") or [{}])[0]
        check(f"output of {size} bytes {'is too much' if error else 'fits'}",
              done.returncode == 0 and step.get("error") is error, str(record)[:500])
    file = tools("slow.json", {**WEATHER, "command": "sleep 600"})
    began = time.monotonic()
    record, done = one("Use the tool", "--tools", file, "--tool-timeout", "0.3")
    step = (record.get("leat", {}).get("tool_steps") or [{}])[0]
    check("a command that takes too long is killed, and the model is told",
          done.returncode == 0 and step.get("result") == "The tool took too long." and
          time.monotonic() - began < 30, record)


def limits():
    file = tools("cat.json", {**WEATHER, "command": "cat"})
    again = ("--tool-choice", "required")
    record, done = one("hello", "--tools", file, *again)
    check("a tool that must be called is called once, then the model is free",
          done.returncode == 0 and len(record["leat"]["tool_steps"]) == 1, record)
    out = path("leave.out")
    with Mock() as server:
        done = run(write("leave.jsonl", [{"id": "a", "prompt": "Use the tool"}]), "-o", out, "-p", "openai",
                   "--base-url", server.url, "-m", "m", "--tools", tools("plain.json", WEATHER),
                   environment={"OPENAI_API_KEY": "k"})
    record = records("leave.out")[0]
    check("G23 calls of a tool without a command are recorded, not run",
          done.returncode == 0 and record["leat"]["tool_steps"] is None and
          record["leat"]["tool_calls"][0]["name"] == "weather", record)
    bad = tools("wrong.json", {**WEATHER, "command": [1]})
    done = run(prompts("w.jsonl", 1), "-o", path("w.out"), "--mock", "--tools", bad)
    check("a command that is no list of strings is refused before anything is sent",
          done.returncode == 2 and "the command of weather" in said(done), said(done))
    line = {"id": "a", "prompt": "Use the tool", "tools": [{**WEATHER, "command": f"touch {path('owned')}"}]}
    done = run(write("own.jsonl", [line]), "-o", path("own.out"), "--mock", "-q")
    check("a command in a line of IN never runs",
          done.returncode == 0 and not os.path.exists(path("owned")) and
          records("own.out")[0]["leat"]["tool_steps"] is None, said(done))


def side_by_side():
    file = tools("wait.json", {**WEATHER, "command": "sleep 0.5; echo done"})
    began = time.monotonic()
    done = run(prompts("many.jsonl", 40, "Use the tool {}"), "-o", path("many.out"), "--mock", "-p",
               "openai", "-m", "m", "--tools", file, "-j", "2", "-q")
    took = time.monotonic() - began
    found = records("many.out")
    check("commands of many items run side by side, and hold no permit",
          done.returncode == 0 and len(found) == 40 and
          all(r["leat"]["tool_steps"][0]["result"] == "done" for r in found) and took < 12, took)


def interrupted():
    marker = path("pids")
    file = tools("hang.json", {**WEATHER, "command": f"echo $$ >> {marker}; sleep 600"})
    source = prompts("hang.jsonl", 4, "Use the tool {}")
    process = subprocess.Popen([LEAT, "run", source, "-o", path("hang.out"), "--mock", "-p", "openai", "-m",
                                "m", "--tools", file], env=ENVIRONMENT, stderr=subprocess.PIPE)
    for _ in range(200):
        if os.path.exists(marker) and len(open(marker, encoding="ascii").read().split()) == 4:
            break
        time.sleep(0.05)
    pids = [int(pid) for pid in open(marker, encoding="ascii").read().split()]
    process.send_signal(signal.SIGINT)
    process.wait(20)
    process.stderr.close()
    alive = [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
    check("an interrupted run leaves no command behind",
          process.returncode == 130 and len(pids) == 4 and not alive, (process.returncode, pids, alive))


def later_tries():
    with open(path("s.json"), "w", encoding="utf-8") as file:
        json.dump({"type": "object", "required": ["never"], "maxProperties": 0}, file)
    with Mock("--echo") as server:
        done = run(write("r.jsonl", [{"id": "a", "prompt": "hello"}]), "-o", path("r.out"), "-p", "openai",
                   "--base-url", server.url, "-m", "small", "--schema", path("s.json"), "--retry-model",
                   "large", "--retry-temperature", "0.7", environment={"OPENAI_API_KEY": "k"})
        record = records("r.out")[0]
        texts = [line.get("text", "") if isinstance(line, dict) else str(line) for line in server.texts()]
    check("G29 a wrong answer goes back to the model with what is wrong",
          done.returncode == 1 and len(texts) == 3 and "not accepted" in texts[1], (texts, said(done)))
    check("B19 later tries ask the other model", record["response"]["body"]["model"] == "large", record)


def checks():
    with Mock("--echo") as server:
        done = run(write("k.jsonl", [{"id": "a", "prompt": "hello"}, {"id": "b", "prompt": "fine"}]), "-o",
                   path("k.out"), "-p", "openai", "--base-url", server.url, "-m", "m", "--check",
                   "grep -q fine || { echo 'it must be \"fine\"'; exit 1; }",
                   environment={"OPENAI_API_KEY": "k"})
    found = by_id("k.out")
    check("B25 an answer that --check refuses is asked for again, with its reason",
          done.returncode == 0 and found["b"]["leat"]["attempts"] == 1 and
          found["a"]["leat"]["attempts"] == 2 and 'must be "fine"' in found["a"]["leat"]["text"], found)
    for command, words in (("echo no; exit 3", "no"), ("kill -9 $$", "was killed")):
        if os.path.exists(path("k.out")):
            os.unlink(path("k.out"))
        done = run(write("k.jsonl", [{"id": "a", "prompt": "x"}]), "-o", path("k.out"), "--mock", "--check",
                   command)
        record = by_id("k.out")["a"]
        check(f"an answer that is always refused fails ({words})", done.returncode == 1 and
              record["leat"]["status"] == "rejected" and words in record["error"]["message"] and
              record["leat"]["attempts"] == (3 if words == "no" else 1), record)


def dry_run():
    done = run(prompts("dry.jsonl", 300, "Question {}"), "-o", path("dry.out"), "-p", "openai", "--dry-run",
               "--base-url", "http://127.0.0.1:9/v1", "-m", "gpt-4o-mini",
               environment={"OPENAI_API_KEY": "k"})
    found = by_id("dry.out")
    check("B15 a dry run sends nothing and records every item",
          done.returncode == 0 and len(found) == 300 and
          found["i7"]["leat"]["text"] == "[dry run] Question 7" and
          found["i7"]["leat"]["usage"]["total_tokens"] == 150, said(done))
    done = run(prompts("dry.jsonl", 300, "Question {}"), "-o", path("dry.out"), "-p", "openai", "--resume",
               "--base-url", "http://127.0.0.1:9/v1", "-m", "gpt-4o-mini",
               environment={"OPENAI_API_KEY": "k"})
    check("what a dry run wrote is not taken for answers", done.returncode == 2, said(done))


formats()
failures()
limits()
side_by_side()
interrupted()
later_tries()
checks()
dry_run()
leave()
