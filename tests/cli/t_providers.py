#!/usr/bin/env python3
"""Every provider that the library lists, by its name alone: --mock answers in its format, whole and
as a stream; its key is looked for where it belongs; an address that nobody has is asked for."""
import http.server
import json
import threading
import urllib.request

from cli import ENVIRONMENT, LEAT, Mock, by_id, check, leave, path, prompts, run, said, subprocess

KEYS = {"openai": "OPENAI_API_KEY", "openai-responses": "OPENAI_API_KEY",
        "anthropic": "ANTHROPIC_API_KEY", "anthropic-bearer": "ANTHROPIC_AUTH_TOKEN",
        "gemini": "GEMINI_API_KEY", "maritaca": "MARITACA_API_KEY",
        "maritaca-responses": "MARITACA_API_KEY", "groq": "GROQ_API_KEY",
        "mistral": "MISTRAL_API_KEY", "xai": "XAI_API_KEY"}
HEADERS = {"openai": ("authorization", "Bearer k-1"), "anthropic": ("x-api-key", "k-1"),
           "gemini": ("x-goog-api-key", "k-1"), "maritaca": ("authorization", "Key k-1"),
           "azure": ("api-key", "k-1")}


def providers():
    listed = subprocess.run([LEAT, "providers"], capture_output=True, env=ENVIRONMENT, timeout=20,
                            check=True).stdout.decode()
    rows = [line.split() for line in listed.splitlines() if line[:2] == "  " and line[2:3].islower()]
    return listed, [row[0] for row in rows if row[0] not in ("name", "mock")], rows


class Capture(http.server.BaseHTTPRequestHandler):
    """Keeps what comes, answers 400."""
    seen = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Capture.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.send_response(400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def all_by_mock(names):
    source = prompts("all.jsonl", 6)
    with Mock("--echo") as mock:  # only for its cache: --mock starts servers of its own
        made = urllib.request.Request(
            f"http://127.0.0.1:{mock.port}/v1beta/cachedContents", method="POST",
            headers={"Content-Type": "application/json"},
            data=json.dumps({"model": "models/m", "ttl": "300s", "contents": [
                {"role": "user", "parts": [{"text": "long " * 5000}]}]}).encode())
        with urllib.request.urlopen(made, timeout=5) as got:
            cache = json.load(got)["name"]
        done = run(source, "-p", "gemini-cached", "-m", "m", "--cached-content", cache, "-o",
                   path("cached.out"), "--base-url", f"http://127.0.0.1:{mock.port}/v1beta")
        got = by_id("cached.out")
        check("gemini-cached builds on a context cache", done.returncode == 0 and
              got["i1"]["leat"]["text"] == "Question 1?" and
              got["i1"]["leat"]["usage"]["cached_input_tokens"] > 0, got)
    for name in names:
        if name == "gemini-cached":
            continue
        outs = []
        for extra in ([], ["--stream"]):
            out = f"{name}{len(extra)}.out"
            done = run(source, "-o", path(out), "-p", name, "--mock", "--mock-options", "--echo",
                       *extra)
            got = by_id(out)
            outs.append({key: (record["leat"]["text"], record["leat"]["finish_reason"],
                               record["leat"]["usage"]) for key, record in got.items()})
            check(f"{name} answers by --mock{' as a stream' if extra else ''}",
                  done.returncode == 0 and len(got) == 6 and
                  all(got[f"i{n}"]["leat"]["text"] == f"Question {n}?" for n in range(6)) and
                  all((record["leat"]["timing_ms"]["first_token"] is not None) == bool(extra)
                      for record in got.values()), said(done) + str(got)[:500])
        if name == "mistral":  # tells its usage unasked, but the built-in server does not know that
            outs = [{key: told[:2] for key, told in out.items()} for out in outs]
        check(f"{name}: a stream says what a whole answer says", outs[0] == outs[1],
              f"{outs[0]}\n{outs[1]}")


def keys(names, rows):
    source = prompts("keys.jsonl", 1)
    told = {row[0]: row[1] for row in rows}
    for name, variable in KEYS.items():
        done = run(source, "-p", name)
        check(f"without a key {name} names {variable}, and --mock", done.returncode == 2 and
              variable in said(done) and "--mock" in said(done) and told[name] == variable,
              said(done))
    server = http.server.HTTPServer(("127.0.0.1", 0), Capture)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    for name, (header, value) in HEADERS.items():
        variable = KEYS.get(name, "AZURE_OPENAI_API_KEY")
        Capture.seen.clear()
        run(source, "-p", name, "-m", "m", "--base-url", url, "--max-attempts", "1",
            environment={variable: "k-1"})
        check(f"{name} sends its key as {header}", len(Capture.seen) == 1 and
              Capture.seen[0][1].get(header) == value, Capture.seen)
    Capture.seen.clear()
    run(source, "-p", "gemini", "-m", "m", "--base-url", url,
        environment={"GOOGLE_API_KEY": "k-2"})
    check("gemini: GOOGLE_API_KEY where there is no GEMINI_API_KEY",
          Capture.seen[0][1].get("x-goog-api-key") == "k-2", Capture.seen)
    Capture.seen.clear()
    run(source, "-p", "anthropic", "-m", "m", "--base-url", url, "--api-key-env", "MINE",
        environment={"MINE": "k-3", "ANTHROPIC_API_KEY": "k-1"})
    check("--api-key-env wins", Capture.seen[0][1].get("x-api-key") == "k-3" and
          Capture.seen[0][1].get("anthropic-version") == "2023-06-01", Capture.seen)
    Capture.seen.clear()
    run(source, "-p", "azure", "-m", "m", "--base-url",
        url + "/openai/deployments/d?api-version=2024-10-21", environment={"AZURE_API_KEY": "k"})
    check("azure: the base URL's query stays", Capture.seen[0][0] ==
          "/openai/deployments/d/chat/completions?api-version=2024-10-21", Capture.seen)
    server.shutdown()
    for name in ("azure", "vertex", "gpustack"):
        done = run(source, "-p", name, environment={"VERTEX_ACCESS_TOKEN": "t"})
        check(f"{name} asks for its address", name in names and done.returncode == 2 and
              "--base-url http" in said(done), said(done))
    for name in ("ollama", "llamacpp", "vllm"):
        done = run(source, "-p", name, "--max-attempts", "1", "--limit", "1")
        check(f"{name} needs no key", done.returncode in (0, 1), said(done))


def listing(listed, names):
    check("the list has every family", {"openai", "anthropic", "gemini", "vertex", "ollama",
                                        "openai-responses", "groq", "azure"} <= set(names), names)
    check("it says what a provider lacks", "lacks: seed" in listed and "yes" in listed, listed)


LISTED, NAMES, ROWS = providers()
listing(LISTED, NAMES)
all_by_mock(NAMES)
keys(NAMES, ROWS)
leave()
