#!/usr/bin/env python3
"""What is asked of an answer (schema, JSON, choices, tools, thinking, streams), by options and line
by line; turns made of parts, calls and images on their way to different providers; what is left
out, and said so."""
import base64
import http.server
import json
import os
import threading

from cli import Mock, by_id, check, leave, path, prompts, records, run, said, write

SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
          "required": ["name", "age"], "additionalProperties": False}
TOOLS = [{"name": "weather", "description": "Say \"how\" it is",
          "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                         "required": ["city"]}},
         {"type": "function", "function": {"name": "add", "parameters": {
             "type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}}}]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(40))
CHAT = {"id": "c", "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": {
    "role": "assistant", "content": "fine"}}]}
MESSAGES = {"id": "a", "type": "message", "role": "assistant", "model": "m", "stop_reason":
            "end_turn", "content": [{"type": "text", "text": "fine"}],
            "usage": {"input_tokens": 1, "output_tokens": 1}}
GEMINI = {"candidates": [{"content": {"role": "model", "parts": [{"text": "fine"}]},
                          "finishReason": "STOP"}]}


class Capture(http.server.BaseHTTPRequestHandler):
    """Keeps the bodies and headers that come, answers "fine" in the format of the path."""
    seen = []
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Capture.seen.append((body, dict(self.headers)))
        answer = MESSAGES if self.path.endswith("/messages") else \
            GEMINI if "generateContent" in self.path else CHAT
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


SERVER = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Capture)
threading.Thread(target=SERVER.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{SERVER.server_port}"


def sent(provider, line, *options):
    """The body of the one request that the line becomes, its headers, and its record."""
    Capture.seen.clear()
    out = path("sent.out")
    if os.path.exists(out):
        os.remove(out)
    done = run(write("sent.jsonl", [{"id": "x", **line}]), "-o", out, "-p", provider, "-m", "m",
               "--base-url", URL, "--max-attempts", "1", *options)
    body, headers = Capture.seen[0] if Capture.seen else ({}, {})
    return body, headers, by_id("sent.out").get("x", said(done))


def file_of(name, value):
    return write(name, [value if isinstance(value, str) else json.dumps(value)])


def formats_by_option():
    source = prompts("f.jsonl", 3)
    schema = file_of("schema.json", SCHEMA)
    for provider in ("openai", "anthropic", "gemini", "openai-responses", "ollama"):
        out = f"schema-{provider}.out"
        done = run(source, "-o", path(out), "-p", provider, "--mock", "--schema", schema)
        texts = [json.loads(record["leat"]["text"]) for record in records(out)]
        check(f"--schema: {provider}'s answers satisfy it", done.returncode == 0 and len(texts) == 3
              and all(set(text) == {"name", "age"} for text in texts), said(done))
        out = f"choice-{provider}.out"
        done = run(source, "-o", path(out), "-p", provider, "--mock", "--choices", "yes, no")
        check(f"--choices: {provider}'s answers are one of them", done.returncode == 0 and
              all(record["leat"]["choice"] == 0 and record["leat"]["text"] == "yes"
                  for record in records(out)), records(out)[:1])
    with Mock("--echo") as mock:
        base = ["--base-url", mock.url, "-m", "m", "--max-attempts", "2"]
        body = {"x": write("no.jsonl", [{"id": "a", "prompt": "no json"}])}
        done = run(body["x"], "-o", path("no.out"), "-p", "anthropic", "--json",
                   "--plain-retry", *base)
        record = by_id("no.out")["a"]
        check("a wrong answer: schema, two attempts, rule and text on record",
              done.returncode == 1 and record["leat"]["status"] == "schema" and
              record["leat"]["attempts"] == 2 and record["leat"]["text"] == "no json" and
              record["error"]["message"] == "(root): no JSON from byte 0 on", record)
        check("what anthropic lacks is said once", said(done).count("format_json") == 1 and
              record["leat"]["ignored"] == ["format_json"], said(done))
        done = run(body["x"], "-o", path("unchecked.out"), "-p", "anthropic", "--json",
                   "--no-check", *base)
        check("--no-check takes what comes", done.returncode == 0 and
              by_id("unchecked.out")["a"]["leat"]["text"] == "no json", said(done))


def mistakes():
    source = prompts("m.jsonl", 1)
    broken = file_of("broken.json", {"type": "objekt"})
    lost = path("nothing-here.json")
    noname = file_of("noname.json", [{"description": "d"}])
    for options, words in ((["--schema", broken], "/type"), (["--schema", lost], "No such file"),
                           (["--json", "--choices", "a"], "exclude"),
                           (["--base-url", URL], "exclude"),
                           (["--choices", ","], "1 to 256 words"),
                           (["--tools", noname], "\"name\""), (["--tool-choice", "x"], "--tools"),
                           (["--thinking", "maybe"], "on, off or a number")):
        done = run(source, "-p", "openai", "--mock", *options)
        check(f"exit 2 and a reason: {' '.join(os.path.basename(o) for o in options)}",
              done.returncode == 2 and words in said(done), said(done))
    for line, code in (({"schema": 3}, "invalid_field"), ({"choices": []}, "invalid_field"),
                       ({"tools": {}}, "invalid_field"), ({"n": 0}, "invalid_field"),
                       ({"n": 1.5}, "invalid_field"),
                       ({"stream": "yes"}, "invalid_field"), ({"headers": [1]}, "invalid_field"),
                       ({"thinking": "much"}, "invalid_field"),
                       ({"images": ["/etc/passwd"]}, "invalid_image"),
                       ({"images": ["data:image/png,x"]}, "invalid_image"),
                       ({"images": [lost]}, "invalid_image"),
                       ({"tool_choice": "auto"}, "invalid_field"),
                       ({"response_format": {}}, "invalid_field")):
        _, _, record = sent("openai", {"prompt": "p", **line})
        check(f"a line is refused: {json.dumps(line)[:40]}", isinstance(record, dict) and
              record["error"]["code"] == code and not Capture.seen, record)


def tools():
    path_of_tools = file_of("tools.json", TOOLS)
    source = prompts("t.jsonl", 2)
    for provider in ("openai", "anthropic", "gemini", "openai-responses"):
        out = f"tools-{provider}.out"
        done = run(source, "-o", path(out), "-p", provider, "--mock", "--tools", path_of_tools,
                   "--tool-choice", "add")
        calls = [record["leat"]["tool_calls"] for record in records(out)]
        check(f"--tools, --tool-choice: {provider} calls it", done.returncode == 0 and
              all(len(call) == 1 and call[0]["name"] == "add" and
                  call[0]["arguments"] == '{"a":0}' for call in calls), calls)
    body, _, _ = sent("anthropic", {"prompt": "p", "tools": TOOLS, "tool_choice": {
        "type": "function", "function": {"name": "weather"}}})
    check("a line's tools, either form, in anthropic's words",
          [(tool["name"], "input_schema" in tool) for tool in body["tools"]] ==
          [("weather", True), ("add", True)] and
          body["tools"][0]["description"] == "Say \"how\" it is" and
          body["tool_choice"] == {"type": "tool", "name": "weather"}, body)
    body, _, _ = sent("openai", {"prompt": "p", "tool_choice": "required"}, "--tools",
                      path_of_tools)
    check("a line chooses among the tools of --tools", body["tool_choice"] == "required" and
          len(body["tools"]) == 2, body)
    own = [{"type": "web_search", "filters": {"x": "\u00e9\n"}}]
    body, _, _ = sent("openai", {"prompt": "p", "tools": own, "tool_choice": "auto"})
    check("tools of a provider's own kind go out as they stand", body["tools"] == own and
          body["tool_choice"] == "auto", body)


def conversations():
    with open(path("dot.png"), "wb") as file:
        file.write(PNG)
    data = base64.b64encode(PNG).decode()
    turns = [{"role": "user", "content": [
                 {"type": "text", "text": "what \"is\"\nthis?"},
                 {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}]},
             {"role": "assistant", "content": None, "tool_calls": [
                 {"id": "c1", "type": "function",
                  "function": {"name": "look", "arguments": "{\"at\": \"\\u00e9\"}"}}]},
             {"role": "tool", "tool_call_id": "c1", "content": "a dot"}]
    body, _, _ = sent("anthropic", {"messages": turns, "prompt": "and now?"})
    first = body["messages"][0]["content"]
    check("parts reach anthropic", first[0] == {"type": "text", "text": "what \"is\"\nthis?"} and
          first[1]["source"] == {"type": "base64", "media_type": "image/png", "data": data}, body)
    check("calls reach anthropic", body["messages"][1]["content"][-1] == {
        "type": "tool_use", "id": "c1", "name": "look", "input": {"at": "\u00e9"}}, body)
    body, _, _ = sent("gemini", {"messages": turns})
    response = body["contents"][2]["parts"][0]["functionResponse"]
    check("a result gets its function's name for gemini", response["name"] == "look", body)
    body, _, _ = sent("openai", {"messages": turns})
    check("openai's own form comes back as it was", body["messages"][0]["content"][1]["image_url"]
          ["url"] == f"data:image/png;base64,{data}" and
          body["messages"][1]["tool_calls"][0]["function"]["arguments"] ==
          turns[1]["tool_calls"][0]["function"]["arguments"] and
          body["messages"][2] == turns[2], body)
    line = {"prompt": "see?", "images": [path("dot.png"), "https://a.test/b.png"]}
    body, _, _ = sent("openai", line)
    parts = body["messages"][-1]["content"]
    check("images: a file and an address beside the prompt", parts[0]["text"] == "see?" and
          parts[1]["image_url"]["url"] == f"data:image/png;base64,{data}" and
          parts[2]["image_url"]["url"] == "https://a.test/b.png", body)
    audio = [{"type": "text", "text": "t\u00e9\n"}, {"type": "input_audio", "input_audio": {"d": 1}}]
    body, _, _ = sent("openai", {"messages": [{"role": "user", "content": audio}]})
    check("parts of a provider's own kind go out as they stand",
          body["messages"][0]["content"] == audio, body)


def members():
    body, headers, record = sent("openai", {
        "prompt": "p", "n": 2, "top_k": 5, "reasoning_effort": "low", "extra_body": {"user": "u"},
        "headers": {"X-Team": "a b"}, "response_format": {"type": "json_object"}, "thinking": 99})
    check("n, effort, extra_body, headers and response_format reach the wire", body["n"] == 2 and
          body["reasoning_effort"] == "low" and body["user"] == "u" and
          headers.get("X-Team") == "a b" and body["response_format"] == {"type": "json_object"},
          (body, headers))
    check("what openai lacks is on record", record["leat"]["ignored"] ==
          ["top_k", "thinking_budget_tokens", "thinking"] and
          record["leat"]["status"] == "schema", record)
    body, _, record = sent("anthropic", {"prompt": "p", "schema": SCHEMA})
    check("a line's schema is asked for and checked", SCHEMA in
          (body.get("output_config", {}).get("format", {}).get("schema"),) and
          record["leat"]["status"] == "schema", (body, record))
    _, _, record = sent("openai", {"prompt": "p", "schema": SCHEMA}, "--no-check")
    check("--no-check is for lines as well", record["error"] is None and
          record["leat"]["text"] == "fine", record)
    body, _, record = sent("anthropic", {"prompt": "p", "response_format": {
        "type": "json_schema", "json_schema": {"name": "n", "schema": {
            "type": "object", "unevaluatedProperties": False}}}})
    check("a schema that leat cannot check is asked for all the same",
          "unevaluatedProperties" in json.dumps(body) and record["error"] is None, (body, record))
    body, _, record = sent("openai", {"prompt": "p", "choices": ["FINE", "bad"]})
    check("a line's choices", record["leat"]["choice"] == 0 and record["leat"]["text"] == "FINE" and
          body["response_format"]["json_schema"]["schema"]["properties"]["choice"]["enum"] ==
          ["FINE", "bad"], (body, record))
    body, _, record = sent("gemini", {"prompt": "p"}, "--thinking", "512", "--top-k", "7")
    check("--thinking N, --top-k in gemini's words", body["generationConfig"]["topK"] == 7 and
          body["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 512 or
          "thinking_budget_tokens" in record["leat"]["ignored"], (body, record))


def streams():
    one = write("one.jsonl", [{"id": "a", "prompt": "alpha beta"}])
    with Mock("--echo") as mock:
        base = ["--base-url", mock.url, "-m", "m", "--stream"]
        done = run(one, *base, "--format", "text")
        check("--stream: text on stdout is that of the whole answer",
              done.stdout == b"## a\nalpha beta\n\n", done.stdout)
        done = run(one, *base, "-o", path("live.out"))
        record = by_id("live.out")["a"]
        check("one prompt into a file: its text shows as well", done.stdout == b"alpha beta\n" and
              record["leat"]["text"] == "alpha beta" and record["response"]["body"] is None and
              record["leat"]["timing_ms"]["first_token"] >= 0, (done.stdout, record))
        done = run(prompts("s.jsonl", 3), *base, "-o", path("quiet.out"), "-j", "2")
        check("several prompts into a file: stdout stays empty", done.stdout == b"" and
              len(records("quiet.out")) == 3, done.stdout)
        done = run(prompts("s.jsonl", 3), *base, "--format", "text", "-j", "3")
        check("several prompts as text: one after the other", done.stdout.decode() == "".join(
            f"## i{n}\nQuestion {n}?\n\n" for n in range(3)), done.stdout)
        batch = write("b.jsonl", [{"custom_id": "b", "body": {"stream": True, "model": "m",
                      "messages": [{"role": "user", "content": "hi"}]}}])
        run(batch, "--base-url", mock.url, "-o", path("b.out"))
        check("a batch body that asks for a stream gets one", by_id("b.out")["b"]["leat"]["text"]
              == "hi" and by_id("b.out")["b"]["leat"]["timing_ms"]["first_token"] is not None,
              by_id("b.out"))
        cut = write("cut.jsonl", [{"id": "c", "prompt": "[[mock:midway]] one two three four"}])
        done = run(cut, *base, "--max-attempts", "1", "-o", path("cut.out"))
        record = by_id("cut.out")["c"]
        check("a broken stream: what had come is on record as partial", done.returncode == 1 and
              record["leat"]["partial"] is True and record["leat"]["text"], record)


def resumes():
    source = prompts("r.jsonl", 2)
    base = [source, "-o", path("r.out"), "-p", "openai", "--mock", "--schema",
            file_of("schema.json", SCHEMA)]
    run(*base)
    check("--resume with the same schema goes on", run(*base, "--resume").returncode == 0, "")
    file_of("schema.json", {"type": "object"})
    done = run(*base, "--resume")
    check("--resume with another schema is refused", done.returncode == 2 and
          "other settings" in said(done), said(done))


formats_by_option()
mistakes()
tools()
conversations()
members()
streams()
resumes()
SERVER.shutdown()
leave()
