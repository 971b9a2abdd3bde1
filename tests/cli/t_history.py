#!/usr/bin/env python3
"""Histories of the command: what goes before an item, chains and their names, the transcript, and a
chain that is resumed. A service of the test's own answers "<prompt>!" and keeps what it was shown."""
import http.server
import json
import os
import signal
import subprocess
import threading
import time

import cli

seen = []     # each request's messages, as "role:content" texts, in order of arrival
delay_s = 0.0
at_once = [0, 0]  # requests now, and at most
lock = threading.Lock()


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = body["messages"][-1]["content"]
        with lock:
            seen.append([f"{m['role']}:{m['content']}" for m in body["messages"]])
            at_once[0] += 1
            at_once[1] = max(at_once)
        time.sleep(delay_s)
        with lock:
            at_once[0] -= 1
        if prompt.startswith("bad"):
            self.reply(400, {"error": {"message": "not that", "type": "invalid_request_error"}})
            return
        self.reply(200, {
            "id": "r", "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": prompt + "!"}}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}})

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a command that was killed


server = Server(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"


def run(*arguments):
    seen.clear()
    at_once[:] = [0, 0]
    return cli.run("--provider", "openai", "--base-url", url, "--model", "m", "--progress", "off",
                   *arguments)


def items(name, prompts):
    """prompts: texts, or (conversation, text)."""
    lines = []
    for n, prompt in enumerate(prompts):
        line = {"id": f"i{n}"}
        if isinstance(prompt, tuple):
            line["conversation"], prompt = prompt
        lines.append({**line, "prompt": prompt})
    return cli.write(name, lines)


def chain(*prompts):
    """What a chain of these shows, with their answers."""
    return [one for prompt in prompts for one in (f"user:{prompt}", f"assistant:{prompt}!")]


def transcript(name):
    with open(cli.path(name), encoding="utf-8") as file:
        return [f"{m['role']}:{m['content']}" for m in json.load(file)]


three = items("three.jsonl", ["a", "b", "c"])
context = cli.write("context.json", [json.dumps(
    [{"role": "system", "content": "Be \"short\"."}, {"role": "user", "content": "hello"},
     {"role": "assistant", "content": "yes?"}])])
before = ["system:Be \"short\".", "user:hello", "assistant:yes?"]

for mode in ("independent", "shared"):
    done = run(three, "-o", cli.path(f"{mode}.jsonl"), "--history", mode, "--context", context)
    cli.check(f"P6 P7 {mode} items have the context before them, and not each other",
              done.returncode == 0 and sorted(seen) == [before + [f"user:{p}"] for p in "abc"],
              f"{cli.said(done)}\n{seen}")

done = run(three, "-o", cli.path("plain.jsonl"))
cli.check("P6 nothing goes before an item unless asked for",
          sorted(seen) == [[f"user:{p}"] for p in "abc"], seen)

mixed = items("mixed.jsonl", ["x", ("c", "a"), "y", ("c", "b"), "z", ("c", "d")])
for resumed in (False, True):
    done = run(mixed, "-o", cli.path("mixed-out.jsonl"), "--history", "named", "--context", context,
               *(["--resume"] if resumed else ["--limit", "4"]))
    cli.check(f"named: a line that names no conversation is no turn of one{', resumed' if resumed else ''}",
              done.returncode == 0 and len(seen) == (2 if resumed else 4) and
              before + [f"user:{'z' if resumed else 'x'}"] in seen and
              before + chain(*("ab" if resumed else "a")) + [f"user:{'d' if resumed else 'b'}"] in seen,
              f"{cli.said(done)}\n{seen}")

text = cli.write("context.txt", ["Answer in rhyme."])
done = run(three, "-o", cli.path("text.jsonl"), "--context", text)
cli.check("a context that is plain text is the system's",
          seen[0][0] == "system:Answer in rhyme." and len(seen[0]) == 2, f"{cli.said(done)}\n{seen}")

done = run(three, "-o", cli.path("chain.jsonl"), "--history", "sequential", "--context", context,
           "--transcript", cli.path("chain.json"))
cli.check("P8 P9 a sequential item sees all that succeeded before it",
          done.returncode == 0 and seen[-1] == before + chain("a", "b") + ["user:c"] and at_once[1] == 1,
          f"{cli.said(done)}\n{seen}")
cli.check("P11 the transcript has the context and every exchange",
          transcript("chain.json") == before + chain("a", "b", "c"), cli.said(done))
with open(context, encoding="utf-8") as file:
    cli.check("P11 the context file stays as it is", len(json.load(file)) == 3)

done = run(items("more.jsonl", ["d"]), "-o", cli.path("adopted.jsonl"), "--history", "sequential",
           "--context", cli.path("chain.json"))
cli.check("P11 a transcript may be adopted as the context of another run",
          seen == [before + chain("a", "b", "c") + ["user:d"]], f"{cli.said(done)}\n{seen}")

done = run(three, "-o", cli.path("stateless.jsonl"), "--history", "sequential", "--no-history",
           "--context", context)
cli.check("P8 with --no-history items go one by one, each on its own, and a line says so",
          seen == [[f"user:{p}"] for p in "abc"] and at_once[1] == 1 and "--no-history" in cli.said(done),
          f"{cli.said(done)}\n{seen}")

done = run(items("failing.jsonl", ["a", "bad", "b"]), "-o", cli.path("failing-out.jsonl"), "--history",
           "sequential", "--transcript", cli.path("failing.json"))
cli.check("P10 a failed item leaves no trace",
          done.returncode == 1 and seen[-1] == chain("a") + ["user:b"] and
          transcript("failing.json") == chain("a", "b"), f"{cli.said(done)}\n{seen}")

done = run(items("fast.jsonl", ["a", "bad", "b", "c"]), "-o", cli.path("fast-out.jsonl"), "--history",
           "sequential", "--on-error", "fail-fast")
cli.check("P10 with fail-fast later prompts are never sent",
          done.returncode == 3 and len(seen) == 2, f"{cli.said(done)}\n{seen}")

names = [f"chain {n}" for n in range(20)]
many = items("many.jsonl", [(name, f"{name} {n}") for n in range(4) for name in names])
delay_s = 0.05
done = run(many, "-o", cli.path("many-out.jsonl"), "--history", "sequential", "-j", "20",
           "--transcript", cli.path("many.json"))
delay_s = 0.0
with open(cli.path("many.json"), encoding="utf-8") as file:
    told = {one["conversation"]: [f"{m['role']}:{m['content']}" for m in one["messages"]]
            for one in map(json.loads, file)}
cli.check("many named chains run side by side, each in order",
          done.returncode == 0 and at_once[1] > 10 and
          told == {name: chain(*(f"{name} {n}" for n in range(4))) for name in names},
          f"{cli.said(done)}\n{at_once} {told}")

done = run(many, "-o", cli.path("bounded.jsonl"), "--history", "sequential", "--conversations", "19")
refused = [r["error"]["code"] for r in cli.records("bounded.jsonl") if r["error"]]
cli.check("--conversations is exact", refused == ["too_many_conversations"] * 4, refused)

done = run(cli.write("forms.jsonl", [
    {"id": "named", "prompt": "a", "conversation": "x"}]), "-o", cli.path("forms-out.jsonl"))
cli.check("a name without chains is refused",
          cli.by_id("forms-out.jsonl")["named"]["error"]["code"] == "no_chains", cli.said(done))
body = {"id": "b", "body": {"model": "m", "messages": [{"role": "user", "content": "a"}]}}
done = run(cli.write("body.jsonl", [body]), "-o", cli.path("body-out.jsonl"), "--context", context)
cli.check("a ready body is refused where something would go before it",
          cli.by_id("body-out.jsonl")["b"]["error"]["code"] == "two_forms", cli.said(done))
done = run(cli.write("body.jsonl", [body]), "-o", cli.path("body2-out.jsonl"), "--history", "sequential",
           "--no-history")
cli.check("and sent with --no-history", seen == [["user:a"]], cli.said(done))

long = items("long.jsonl", ["x" * 400, "y" * 400, "z" * 400])
done = run(long, "-o", cli.path("full.jsonl"), "--history", "sequential", "--conversation-bytes", "2K")
codes = [r["error"] and r["error"]["code"] for r in cli.records("full.jsonl")]
cli.check("a conversation that is full fails its item",
          codes == [None, None, "conversation_full"] and len(seen) == 2, codes)
done = run(long, "-o", cli.path("drop.jsonl"), "--history", "sequential", "--conversation-bytes", "2K",
           "--when-full", "drop-oldest", "--transcript", cli.path("drop.json"))
cli.check("or drops its oldest turns",
          done.returncode == 0 and transcript("drop.json") == chain("y" * 400, "z" * 400),
          cli.said(done))
done = run(three, "-o", cli.path("tokens.jsonl"), "--history", "sequential", "--history-tokens", "20",
           "--when-full", "drop-oldest", "--transcript", cli.path("tokens.json"))
cli.check("M15 older turns are left out of a request with too many tokens",
          done.returncode == 0 and len(seen[-1]) == 3 and
          transcript("tokens.json") == chain("a", "b", "c"), f"{cli.said(done)}\n{seen}")

for option, word in (("--context", "no-such-file"), ("--context", cli.write("bad.json", ["[{]"])),
                     ("--transcript", cli.path("t.json"))):
    done = run(three, "-o", cli.path("refused.jsonl"), option, word)
    cli.check(f"{option} {os.path.basename(word)} is refused before anything is sent",
              done.returncode == 2 and not seen and option in cli.said(done), cli.said(done))

# A run that is killed in the middle of its chains, and resumed.
work = items("work.jsonl", [(name, f"{name} {n}" if n != 2 else "bad")
                            for n in range(8) for name in ("x", "y")])
delay_s = 0.1
seen.clear()
process = subprocess.Popen(
    [cli.LEAT, "run", work, "-o", cli.path("work-out.jsonl"), "--provider", "openai", "--base-url", url,
     "--model", "m", "-q", "--history", "sequential"], env=cli.ENVIRONMENT)
while len(seen) < 9:
    time.sleep(0.01)
process.send_signal(signal.SIGKILL)
process.wait()
time.sleep(0.3)
delay_s = 0.0
recorded = len(cli.records("work-out.jsonl"))
done = run(work, "-o", cli.path("work-out.jsonl"), "--history", "sequential", "--resume",
           "--transcript", cli.path("work.json"))
with open(cli.path("work.json"), encoding="utf-8") as file:
    told = {one["conversation"]: [f"{m['role']}:{m['content']}" for m in one["messages"]]
            for one in map(json.loads, file)}
good = [n for n in range(8) if n != 2]
cli.check("a chain that was killed goes on from its records",
          4 <= recorded < 16 and len(seen) == 16 - recorded and
          told == {name: chain(*(f"{name} {n}" for n in good)) for name in ("x", "y")} and
          seen[-1][:-1] == chain(*(f"{seen[-1][-1][5]} {n}" for n in good[:-1])),
          f"{recorded} {cli.said(done)}\n{seen}\n{told}")
done = run(work, "-o", cli.path("work-out.jsonl"), "--history", "independent", "--resume")
cli.check("and is not resumed with another history",
          done.returncode == 2 and "other settings" in cli.said(done), cli.said(done))
done = run(work, "-o", cli.path("skip.jsonl"), "--history", "sequential", "--resume", "--on-error", "skip")
cli.check("a chain without records of failures is not resumed", done.returncode == 2, cli.said(done))

server.shutdown()
cli.leave()
