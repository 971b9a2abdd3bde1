#!/usr/bin/env python3
"""Checks every action and option of leat-mock against running servers on loopback.

Usage: test_mock.py PATH-TO-LEAT-MOCK [name-filter]
Prints a line `ok - NAME` or `not ok - NAME` for each test; takes under 20 s.
Standard library only. Each test starts its own server and stops it by its process id.
"""
import contextlib
import email.utils
import http.client
import json
import os
import random
import resource
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

BINARY = sys.argv[1] if len(sys.argv) > 1 else "build/leat-mock"
FILTER = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] != "-v" else ""
SCRATCH = tempfile.TemporaryDirectory(prefix="leat-mock-test-")
TESTS = []


def test(function):
    TESTS.append(function)
    return function


class Server:
    def __init__(self, *options, script=None, **popen):
        self.ca = os.path.join(SCRATCH.name, f"ca-{random.getrandbits(48):x}.pem")
        arguments = [BINARY, "--ca-out", self.ca, *map(str, options)]
        if script is not None:
            arguments += ["--script", write("script", script)]
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **popen)
        self.port = self.tls_port = 0
        for _ in range(("--tls-port" in options) + ("off" not in options)):
            line = self.process.stdout.readline()
            port = int(line.split()[1].rsplit(":", 1)[1])
            if line.startswith("listening https"):
                self.tls_port = port
            else:
                self.port = port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=5)
        self.process.stdout.close()
        assert code == 0, f"server ended with {code}"

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)

    def context(self, **kind):
        context = ssl.create_default_context(cafile=self.ca, **kind)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.hostname_checks_common_name = False
        return context

    def raw(self, data=b"", host="127.0.0.1"):
        sock = socket.create_connection((host, self.port), timeout=5)
        sock.sendall(data)
        return sock

    def stats(self):
        with contextlib.closing(self.client()) as client:
            return json.loads(ask(client, None, "GET", "/admin/stats").text)

    def exchange(self, data):
        """Sends bytes, returns everything until the server closes (or b'RESET' appended)."""
        with self.raw(data) as sock:
            return drain(sock)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    def json(self):
        return json.loads(self.text)

    def content(self, index=0):
        return self.json()["choices"][index]["message"]["content"]


def write(name, text):
    path = os.path.join(SCRATCH.name, f"{name}-{random.getrandbits(48):x}")
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def drain(sock):
    out = b""
    try:
        while True:
            data = sock.recv(65536)
            if not data:
                return out
            out += data
    except ConnectionResetError:
        return out + b"RESET"


def body(prompt="hello", **more):
    return {"model": "m-1", "messages": [{"role": "user", "content": prompt}], **more}


def ask(client, payload=None, method="POST", path="/v1/chat/completions", headers={}):
    if payload is not None and not isinstance(payload, (bytes, str)):
        payload = json.dumps(payload)
    client.request(method, path, payload, {"Content-Type": "application/json", **headers})
    return Answer(client.getresponse())


def once(server, prompt="hello", **more):
    with contextlib.closing(server.client()) as client:
        return ask(client, body(prompt, **more))


def request_bytes(payload, extra="", version="1.1"):
    data = json.dumps(payload).encode()
    head = (f"POST /v1/chat/completions HTTP/{version}\r\nHost: x\r\n{extra}"
            f"Content-Length: {len(data)}\r\n\r\n")
    return head.encode() + data


def events(text):
    return [part[6:] for part in text.split("\n\n") if part]


def streamed(text):
    parts = events(text)
    assert parts[-1] == "[DONE]", parts[-1]
    chunks = [json.loads(part) for part in parts[:-1]]
    said = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            said.setdefault(choice["index"], "")
            said[choice["index"]] += choice["delta"].get("content", "")
    return chunks, said


# --- answers --------------------------------------------------------------------------------------


@test
def answer_has_the_wire_form():
    with Server() as server:
        answer = once(server, "What?", max_tokens=100)
        data = answer.json()
        assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
        assert answer.headers["x-request-id"].startswith("req_")
        assert "openai-processing-ms" in answer.headers
        assert data["id"].startswith("chatcmpl-") and data["object"] == "chat.completion"
        assert data["model"] == "m-1"
        assert abs(data["created"] - time.time()) < 5
        assert data["system_fingerprint"].startswith("fp_")
        choice = data["choices"][0]
        assert choice["index"] == 0 and choice["finish_reason"] == "stop"
        assert choice["logprobs"] is None
        assert choice["message"]["role"] == "assistant" and choice["message"]["refusal"] is None
        usage = data["usage"]
        assert usage["completion_tokens"] == 16 and usage["prompt_tokens"] > 0
        assert usage["total_tokens"] == usage["prompt_tokens"] + 16
        assert usage["prompt_tokens_details"]["cached_tokens"] == 0
        assert usage["completion_tokens_details"]["reasoning_tokens"] == 0
        assert once(server, "What?").json()["id"] != data["id"]
        with contextlib.closing(server.client()) as client:
            assert ask(client, body(),
                       path="/openai/deployments/d/chat/completions?api-version=1").status == 200


@test
def answers_follow_from_seed_and_prompt():
    with (Server("--tokens", "5:200") as one, Server("--tokens", "5:200") as same,
          Server("--seed", 9) as other):
        first = once(one, "p1").content()
        assert first == once(one, "p1").content() == once(same, "p1").content()
        assert first != once(one, "p2").content() and first != once(other, "p1").content()
        lengths = {once(one, f"p{i}").json()["usage"]["completion_tokens"] for i in range(40)}
        assert len(lengths) > 20 and min(lengths) >= 5 and max(lengths) <= 200


@test
def max_tokens_bounds_the_answer():
    with Server("--tokens", 50) as server:
        for key in ("max_tokens", "max_completion_tokens"):
            data = once(server, **{key: 7}).json()
            assert data["usage"]["completion_tokens"] == 7
            assert data["choices"][0]["finish_reason"] == "length"
        assert once(server, max_tokens=50).json()["choices"][0]["finish_reason"] == "stop"
        assert once(server, max_tokens=None).json()["usage"]["completion_tokens"] == 50
        data = once(server, n=3).json()
        assert [c["index"] for c in data["choices"]] == [0, 1, 2]
        assert data["usage"]["completion_tokens"] == 150
        assert len({c["message"]["content"] for c in data["choices"]}) == 3


ODD_TEXTS = ["", "plain", 'q"b\\s/', "\x00\x01\x1f\x7f", "tab\tnl\ncr\r\b\f",
             "é ß 漢字 😀 \u2028 \ufffd", "a" * 7 + "é" * 9, "x" * 400_000, ("é\"\n😀" * 5000)]


@test
def echo_gives_the_prompt_back():
    with Server("--echo", "--tls-port", 0) as server:
        tls = http.client.HTTPSConnection("localhost", server.tls_port, context=server.context(),
                                          timeout=5)
        plain = server.client()
        for client in (plain, tls):
            for text in ODD_TEXTS:
                for ascii_only in (True, False):
                    data = json.dumps(body(text, max_tokens=2), ensure_ascii=ascii_only).encode()
                    assert ask(client, data).content() == text
                answer = ask(client, body(text, stream=True))
                assert streamed(answer.text)[1][0] == text
        tls.close()
        plain.close()


@test
def echo_takes_the_last_user_text():
    with Server("--echo") as server, contextlib.closing(server.client()) as client:
        def said(messages):
            return ask(client, {"model": "m", "messages": messages}).content()
        assert said([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
                     {"role": "user", "content": "c\n"}, {"role": "tool", "content": "d"}]) == "c\n"
        assert said([{"content": "before", "role": "user"},
                     {"content": "no", "role": "assistant"}]) == "before"
        parts = [{"type": "text", "text": 'o\u00e9"'},
                 {"type": "image_url", "image_url": {"url": "data:x", "d": [1]}},
                 {"text": "two\\", "type": "text"}, "three"]
        assert said([{"role": "user", "name": "n", "content": parts}]) == 'o\u00e9"two\\three'
        assert said([{"role": "user", "content": None}]) == ""
        assert said([{"role": "system", "content": "s"}]) == ""


# --- streams --------------------------------------------------------------------------------------


@test
def streams_say_what_whole_answers_say():
    with Server("--tokens", "3:60") as server, contextlib.closing(server.client()) as client:
        for prompt in ("a", "b", "c"):
            whole = ask(client, body(prompt, n=2)).json()
            answer = ask(client, body(prompt, n=2, stream=True,
                                      stream_options={"include_usage": True}))
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            chunks, said = streamed(answer.text)
            assert said == {c["index"]: c["message"]["content"] for c in whole["choices"]}
            assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
            assert all(c["object"] == "chat.completion.chunk" for c in chunks)
            assert len({c["id"] for c in chunks}) == 1
            assert chunks[-1]["choices"] == [] and chunks[-1]["usage"] == whole["usage"]
            assert all(c["usage"] is None for c in chunks[:-1])
            assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
        chunks, _ = streamed(ask(client, body("a", stream=True, max_tokens=1)).text)
        assert all("usage" not in c for c in chunks)
        assert chunks[-1]["choices"][0]["finish_reason"] == "length"


@test
def streams_keep_their_pace():
    with Server("--tokens", 5, "--ttft-ms", 80, "--token-ms", 30) as server:
        with server.raw(request_bytes(body(stream=True))) as sock:
            begin = time.monotonic()
            assert sock.recv(10) == b"HTTP/1.1 2"
            first = time.monotonic() - begin
            data = b""
            while b"[DONE]" not in data:
                data += sock.recv(65536)
            total = time.monotonic() - begin
        assert 0.07 < first < 0.2, first
        assert 0.2 < total < 0.45, total


@test
def long_streams_wait_for_slow_readers():
    with Server("--tokens", 20000) as server:
        with server.raw(request_bytes(body(stream=True), "Connection: close\r\n")) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            time.sleep(0.2)
            data = drain(sock)
        assert data.count(b"data: ") == 20000 + 3 and data.endswith(b"0\r\n\r\n")


# --- requests, good and bad -----------------------------------------------------------------------


@test
def bad_json_is_400():
    good = json.dumps(body())
    bad = ["", "{", "null", "[]", "x", good[:-1], good + "x", good + "{}", '{"model":"m",}',
           '{"model":"m" "messages":[]}',
           '{"model":"m","messages":[{"role":"user","content":"\n"}]}', '{"a":01,' + good[1:],
           '{"a":+1,' + good[1:], '{"a":1.,' + good[1:], '{"a":1e,' + good[1:],
           '{"a":tru,' + good[1:], '{"a":"\\x",' + good[1:], '{"a":"\\ud800",' + good[1:],
           '{"a":"\\udc00",' + good[1:], '{"a":"\\u12",' + good[1:], "{'a':1," + good[1:],
           '{"a":[1,],' + good[1:], '{"a":[1 2],' + good[1:], '{"a":{"b"},' + good[1:],
           '{"a":{,},' + good[1:], '{"a":[,1],' + good[1:], '{"a":]' + good[1:],
           '{"a":' + "[" * 600 + "]" * 600 + "," + good[1:]]
    raw = [b'{"a":"\xff",' + good[1:].encode(), b'{"a":"\xc0\x80",' + good[1:].encode(),
           b"\xef\xbb\xbf" + good.encode(), b'{"a":"\xed\xa0\x80",' + good[1:].encode(),
           b'{"a":"\xf4\x90\x80\x80",' + good[1:].encode()]
    fine = [good, " \r\n\t" + good + "\n", '{"a":' + "[" * 500 + "]" * 500 + "," + good[1:],
            '{"a":{},"b":[],' + good[1:],
            '{"a":[{},[],{"x":[null,true,false,-0.5e+10,"\\ud83d\\ude00"]}],' + good[1:],
            '{"a":1e400,' + good[1:],
            '{"max_tokens":99999999999999999999999,' + good[1:]]
    with Server() as server, contextlib.closing(server.client()) as client:
        for payload in bad + raw:
            answer = ask(client, payload)
            error = answer.json()["error"]
            assert answer.status == 400 and error["type"] == "invalid_request_error", payload
            assert error["param"] is None and error["code"] is None and "JSON" in error["message"]
        for payload in fine:
            assert ask(client, payload).status == 200, payload
        for payload in ({"model": "m"}, {"model": "m", "messages": []},
                        {"model": "m", "messages": "x"}, {"model": "m", "messages": ["x"]},
                        {"model": "m", "messages": [{"content": "x"}]}):
            answer = ask(client, payload)
            assert answer.status == 400 and answer.json()["error"]["param"] == "messages", payload
        assert ask(client, {"messages": body()["messages"]}).status == 400
        for more in ({"max_tokens": "x"}, {"max_tokens": 0}, {"n": 0}, {"n": 1000}, {"stream": 1}):
            assert ask(client, body(**more)).status == 400, more


@test
def wrong_requests_get_their_status():
    with (Server("--require-key", "sk-1", "--max-body", 1000) as server,
          contextlib.closing(server.client()) as client):
        answer = ask(client, body())
        assert answer.status == 401 and answer.json()["error"]["code"] == "invalid_api_key"
        for wrong in ("Bearer sk-2", "Bearer sk-11", "Bearer ", "sk-1", "Basic sk-1"):
            assert ask(client, body(), headers={"Authorization": wrong}).status == 401
        assert ask(client, body(), headers={"Authorization": "Bearer sk-1"}).status == 200
        answer = ask(client, body(), path="/v1/nowhere")
        assert answer.json()["error"]["message"] == "Invalid URL (POST /v1/nowhere)"
        assert ask(client, None, "GET", "/").status == 404
        assert ask(client, None, "GET").status == 405 and ask(client, None, "PUT").status == 405
        assert ask(client, None, "HEAD").status == 405
        assert ask(client, None, "GET", "/health").status == 200
        assert ask(client, None, "POST", "/health").status == 404
        assert server.exchange(request_bytes(body("x" * 2000))).startswith(b"HTTP/1.1 413")
        for head, status in ((b"GET /" + b"x" * 300 + b" HTTP/1.1", b"414"),
                             (b"GET / HTTP/1.1\r\nA: " + b"x" * 70000, b"431"),
                             (b"CONNECT x:1 HTTP/1.1\r\nConnection: close", b"404")):
            assert server.exchange(head + b"\r\n\r\n").startswith(b"HTTP/1.1 " + status)
        for junk in (b"hello\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"GET / HTTP/9.9\r\n\r\n",
                     b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"):
            assert server.exchange(junk).startswith(b"HTTP/1.1 400"), junk


@test
def requests_may_come_in_any_pieces():
    with Server("--echo") as server:
        whole = request_bytes(body("pieces"), "Connection: close\r\n")
        with server.raw() as sock:
            for i in range(len(whole)):
                sock.sendall(whole[i:i + 1])
            assert b'"pieces"' in drain(sock)
        many = b"".join(request_bytes(body(f"pipelined {i}")) for i in range(60)) + whole
        reply = server.exchange(many)
        found = [reply.find(f'"pipelined {i}"'.encode()) for i in range(60)]
        assert found == sorted(found) and found[0] > 0 and reply.count(b"HTTP/1.1 200") == 61
        data = json.dumps(body("chunks")).encode()
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(data[i:i + 7]), data[i:i + 7])
                           for i in range(0, len(data), 7))
        head = (b"POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                b"Connection: close\r\n\r\n")
        assert b'"chunks"' in server.exchange(head + chunked + b"0\r\n\r\n")
        with server.raw(whole.replace(b"Host", b"Expect: 100-continue\r\nHost")[:-5]) as sock:
            assert sock.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
            sock.sendall(whole[-5:])
            assert b'"pieces"' in drain(sock)


@test
def old_clients_are_understood():
    with Server() as server:
        reply = server.exchange(request_bytes(body(), version="1.0"))
        assert b"Connection: close" in reply and reply.rstrip().endswith(b"}")
        reply = server.exchange(request_bytes(body(stream=True), version="1.0"))
        assert b"chunked" not in reply and reply.endswith(b"data: [DONE]\n\n")


# --- fates ----------------------------------------------------------------------------------------

SCRIPT = """
# comment, then one fate per request
1 429 retry-after=3
2 429 retry-after-ms=1500
3 500
4 503 retry-after-date=60
5 reset
6 truncate
7 slow
8 ok
9 latency=150
10 close
11 chunked
12 surplus
13 html
14 raw={raw}
15 eof
16 interim
17 badjson
18 reset after=40
19 401
20 302
21-23 418
*/25 529
30 500 latency=100
"""


@test
def scripts_choose_by_number():
    raw = write("raw", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    with Server("--slow-ms", 0.2, "--echo", script=SCRIPT.format(raw=raw)) as server:
        def go(text="hello"):
            return server.exchange(request_bytes(body(text), "Connection: close\r\n"))
        a = once(server)
        assert a.status == 429 and a.headers["retry-after"] == "3"
        assert a.json()["error"]["code"] == "rate_limit_exceeded"
        a = once(server)
        assert a.headers["retry-after-ms"] == "1500" and a.headers["retry-after"] == "2"
        a = once(server)
        assert a.status == 500 and a.json()["error"]["type"] == "server_error"
        assert a.headers["retry-after"] is None
        a = once(server)
        until = email.utils.parsedate_to_datetime(a.headers["retry-after"]).timestamp()
        assert a.status == 503 and 57 < until - time.time() < 62
        assert go() == b"RESET"
        reply = go()
        head, rest = reply.split(b"\r\n\r\n", 1)
        assert 0 < len(rest) < int(head.lower().split(b"content-length: ")[1].split()[0])
        begin = time.monotonic()
        assert once(server).content() == "hello" and time.monotonic() - begin > 0.1
        assert once(server).status == 200
        begin = time.monotonic()
        assert once(server).status == 200 and 0.14 < time.monotonic() - begin < 0.5
        reply = server.exchange(request_bytes(body()))  # says keep-alive, closes all the same
        assert b"keep-alive" in reply and reply.rstrip().endswith(b"}")
        a = once(server)
        assert a.headers["Transfer-Encoding"] == "chunked" and a.content() == "hello"
        assert go().count(b"HTTP/1.1 200 OK") == 2
        a = once(server)
        assert a.status == 200 and a.headers["Content-Type"].startswith("text/html")
        assert "<html>" in a.text
        assert go() == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        reply = go()
        assert b"Content-Length" not in reply and b"chunked" not in reply
        assert reply.rstrip().endswith(b"}")
        assert [line[9:] for line in go().split(b"\r\n") if line.startswith(b"HTTP/1.1 ")] == [
            b"100 Continue", b"102 Processing", b"103 Early Hints", b"200 OK"]
        a = once(server)
        try:
            a.json()
            raise AssertionError("badjson was good")
        except json.JSONDecodeError:
            assert a.status == 200
        reply = go()
        assert reply.startswith(b"HTTP/1.1 200") and reply.endswith(b"RESET")
        assert [once(server).status for _ in range(8)] == [401, 302, 418, 418, 418, 200, 529, 200]
        assert [once(server).status for _ in range(3)] == [200, 200, 200]
        begin = time.monotonic()
        assert once(server).status == 500 and time.monotonic() - begin > 0.09
        injected = server.stats()["injected"]
        for kind in ("429", "500", "503", "reset", "truncate", "slow", "close", "chunked",
                     "surplus", "html", "raw", "eof", "interim", "badjson", "other_status"):
            assert injected[kind] >= 1, kind


@test
def fates_reach_streams_too():
    with Server("--echo", "--slow-ms", 0.05) as server:
        def go(action):
            return server.exchange(request_bytes(body(f"[[mock:{action}]] text", stream=True),
                                                 "Connection: close\r\n"))
        whole = go("ok")
        assert whole.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
        reply = go("truncate")
        assert reply.startswith(b"HTTP/1.1 200") and b"[DONE]" not in reply
        assert go("slow").endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
        assert go("close").endswith(b"0\r\n\r\n") and go("chunked").endswith(b"0\r\n\r\n")
        assert go("eof").endswith(b"data: [DONE]\n\n") and b"chunked" not in go("eof")
        assert go("surplus").count(b"HTTP/1.1 200") == 2
        assert go("reset") == b"RESET" and b"[DONE]" not in go("reset after=900")
        assert go("500").startswith(b"HTTP/1.1 500")


@test
def prompts_choose_for_themselves():
    with Server("--echo", "--retry-after", 7) as server:
        twice = "please [[mock:429x2]] fail"
        a = [once(server, twice) for _ in range(4)]
        assert [x.status for x in a] == [429, 429, 200, 200] and a[0].headers["retry-after"] == "7"
        assert a[2].content() == twice
        assert once(server, "other [[mock:429x2]]").status == 429
        assert once(server, "[[mock:503 retry-after-ms=5]]").headers["retry-after-ms"] == "5"
        assert [once(server, "[[mock:500x1 latency=1]]").status for _ in range(2)] == [500, 200]
        for text in ("[[mock:]]", "[[mock:nonsense]]", "[[mock:429", "[[mock:raw=/etc/hostname]]",
                     "[[mock:999]]"):
            assert once(server, text).status == 200, text
        with contextlib.closing(server.client()) as client:
            ask(client, None, "POST", "/admin/reset")
        assert once(server, twice).status == 429


@test
def rates_come_out():
    with (Server("--fail-429", "10%", "--fail-500", 0.1, "--fail-503", 0.1, "--fail-reset", 0.1,
                 "--fail-truncate", 0.1, "--fail-slow", 0.05, "--slow-ms", 0) as server):
        seen = {}
        for _ in range(1000):
            try:
                kind = once(server).status
            except (ConnectionResetError, http.client.RemoteDisconnected):
                kind = "reset"
            except http.client.IncompleteRead:
                kind = "truncate"
            seen[kind] = seen.get(kind, 0) + 1
        for kind in (429, 500, 503, "reset", "truncate"):
            assert 65 <= seen[kind] <= 140, seen
        injected = server.stats()["injected"]
        assert injected["429"] == seen[429] and injected["reset"] == seen["reset"]
        assert 25 <= injected["slow"] <= 80


@test
def hanging_ends_with_the_client():
    with Server(script="1 hang\n2 latency=60000") as server:
        socks = [server.raw(request_bytes(body())) for _ in range(2)]
        time.sleep(0.1)
        assert server.stats()["in_flight"] == 2
        socks[0].settimeout(0.1)
        try:
            socks[0].recv(1)
            raise AssertionError("a hanging request was answered")
        except TimeoutError:
            pass
        for sock in socks:
            sock.close()
        time.sleep(0.1)
        stats = server.stats()
        assert stats["in_flight"] == 0 and stats["client_aborts"] == 2
        assert stats["connections_open"] == 1


# --- limits, time, connections --------------------------------------------------------------------


@test
def requests_per_minute_are_limited():
    with Server("--rpm", 6) as server:
        answers = [once(server) for _ in range(8)]
        assert [a.status for a in answers] == [200] * 6 + [429] * 2
        first, last = answers[0].headers, answers[-1]
        assert first["x-ratelimit-limit-requests"] == "6"
        assert first["x-ratelimit-remaining-requests"] == "5"
        assert first["x-ratelimit-reset-requests"] == "10s"
        assert last.headers["x-ratelimit-remaining-requests"] == "0"
        assert 9 <= int(last.headers["retry-after"]) <= 10
        assert 9000 < int(last.headers["retry-after-ms"]) <= 10000
        assert last.json()["error"]["type"] == "requests" and server.stats()["limited"] == 2
    with Server("--rpm", 1200, "--burst-s", 0.05) as server:
        begin = time.monotonic()
        good = 0
        while good < 10:
            good += once(server).status == 200
        assert 0.4 < time.monotonic() - begin < 0.8


@test
def tokens_per_minute_are_limited():
    with Server("--tpm", 300) as server:
        a = [once(server, max_tokens=100) for _ in range(4)]
        assert [x.status for x in a] == [200, 200, 429, 429], [x.status for x in a]
        assert a[2].json()["error"]["type"] == "tokens"
        assert a[0].headers["x-ratelimit-limit-tokens"] == "300"
        assert once(server, max_tokens=1).status == 200
    with Server("--rate-headers") as server:
        assert once(server).headers["x-ratelimit-limit-requests"] == "10000"


@test
def latency_is_kept():
    with Server("--latency-ms", 120) as server:
        begin = time.monotonic()
        answer = once(server)
        assert 0.115 < time.monotonic() - begin < 0.3
        assert int(answer.headers["openai-processing-ms"]) >= 119
        begin = time.monotonic()
        assert once(server, "[[mock:429]]").status == 429 and time.monotonic() - begin < 0.1
    with Server("--latency-ms", "lognormal:20:0.5") as server:
        times = []
        for _ in range(50):
            begin = time.monotonic()
            once(server)
            times.append(time.monotonic() - begin)
        times.sort()
        assert 0.012 < times[25] < 0.035 and times[-1] > times[0] * 2, times


@test
def thousands_wait_together():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    count = min(2000, min(hard, 8192) - 100)
    with Server("--latency-ms", 700) as server:
        begin = time.monotonic()
        data = request_bytes(body())
        socks = [server.raw(data) for _ in range(count)]
        sent = time.monotonic() - begin
        assert all(sock.recv(12) == b"HTTP/1.1 200" for sock in socks)
        assert time.monotonic() - begin < sent + 1.5
        stats = server.stats()
        assert stats["in_flight"] == 0 and stats["requests"] == count
        assert stats["connections_open"] == count + 1
        assert stats["in_flight_max"] >= count * 0.5, stats
        for sock in socks:
            sock.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@test
def connections_end_when_they_should():
    with Server("--keepalive-requests", 3) as server, contextlib.closing(server.client()) as client:
        kept = [ask(client, body()).headers["Connection"] for _ in range(3)]
        assert kept == ["keep-alive", "keep-alive", "close"]
    with Server("--keepalive-s", 0.2) as server:
        with server.raw(request_bytes(body())) as sock:
            begin = time.monotonic()
            assert drain(sock).startswith(b"HTTP/1.1 200") and 0.15 < time.monotonic() - begin < 0.6
        with server.raw() as sock:
            assert drain(sock) == b""
    with Server() as server:
        reply = server.exchange(request_bytes(body(), "Connection: close\r\n"))
        assert reply.startswith(b"HTTP/1.1 200")


@test
def running_out_of_descriptors_is_survived():
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))
    with Server(preexec_fn=few) as server:
        socks = [server.raw() for _ in range(60)]
        time.sleep(0.1)
        for sock in socks:
            sock.close()
        time.sleep(0.1)
        assert once(server).status == 200


@test
def noise_is_survived():
    rng = random.Random(5)
    good = request_bytes(body("x", stream=True, n=2))
    with Server("--tls-port", 0) as server:
        for i in range(400):
            data = bytearray(good)
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            with server.raw(bytes(data[:rng.randrange(len(data) + 1)])) as sock:
                if i % 4 == 0:
                    sock.shutdown(socket.SHUT_WR)
                    drain(sock)
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", server.tls_port), timeout=5) as sock:
                sock.sendall(b"\x16\x03\x01" + rng.randbytes(rng.randrange(200)))
        assert once(server).status == 200
        stats = server.stats()
        assert stats["tls_handshakes_failed"] > 0 and stats["connections_open"] <= 2
        assert stats["in_flight"] == 0


# --- TLS ------------------------------------------------------------------------------------------


def handshake(server, name="localhost", context=None, session=None, address="127.0.0.1"):
    context = context or server.context()
    sock = socket.create_connection((address, server.tls_port), timeout=5)
    return context.wrap_socket(sock, server_hostname=name, session=session)


@test
def certificate_is_good():
    with Server("--tls-port", 0, "--san", "mock.internal", "--san", "10.1.2.3") as server:
        for name in ("localhost", "127.0.0.1", "::1", "mock.internal", "10.1.2.3"):
            with handshake(server, name) as sock:
                assert sock.version() == "TLSv1.2"
                assert sock.cipher()[0] == "ECDHE-ECDSA-CHACHA20-POLY1305"
        if socket.has_ipv6:
            with contextlib.suppress(OSError):
                handshake(server, "localhost", address="::1").close()
        for name in ("example.com", "127.0.0.2"):
            try:
                handshake(server, name)
                raise AssertionError(name)
            except ssl.SSLCertVerificationError:
                pass
        context = server.context()
        context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
        context.set_alpn_protocols(["h2", "http/1.1"])
        with handshake(server, context=context) as sock:
            assert sock.selected_alpn_protocol() == "http/1.1"
            cert = sock.getpeercert()
            begin, end = (ssl.cert_time_to_seconds(cert[key]) for key in ("notBefore", "notAfter"))
            assert 7.9 < (end - begin) / 86400 < 8.1
        with open(server.ca) as file:
            text = file.read()
        assert text.count("BEGIN") == 1 and "PRIVATE" not in text
    with Server("--port", "off", "--tls-port", 0) as server:
        handshake(server).close()


@test
def bad_certificates_are_bad():
    for kind in ("expired", "future", "wrong-name", "no-san", "self-signed", "unknown-ca",
                 "ca-leaf"):
        with Server("--tls-port", 0, "--cert", kind) as server:
            try:
                handshake(server).close()
                assert kind == "ca-leaf", kind  # leaving CA leaves to stricter clients
            except ssl.SSLCertVerificationError:
                assert kind != "ca-leaf"


@test
def sessions_resume():
    with Server("--tls-port", 0) as server:
        context = server.context()
        session = None
        for i in range(5):
            with handshake(server, context=context, session=session) as sock:
                sock.sendall(request_bytes(body(), "Connection: close\r\n"))
                assert drain(sock).startswith(b"HTTP/1.1 200")
                assert sock.session_reused == (i > 0)
                session = sock.session
        stats = server.stats()
        assert stats["tls_handshakes_full"] == 1 and stats["tls_handshakes_resumed"] == 4, stats


@test
def fates_reach_tls_too():
    with Server("--tls-port", 0, "--echo", "--slow-ms", 0.1) as server:
        context = server.context()
        for action, good in (("ok", True), ("slow", True), ("chunked", True), ("close", True),
                             ("truncate", False), ("reset", False), ("latency=30", True)):
            client = http.client.HTTPSConnection("localhost", server.tls_port, context=context,
                                                 timeout=5)
            try:
                answer = ask(client, body(f"[[mock:{action}]]"))
                assert good and answer.content() == f"[[mock:{action}]]", action
            except (ConnectionError, http.client.IncompleteRead, ssl.SSLError):
                assert not good, action
            client.close()
        with handshake(server, context=context) as sock:
            sock.sendall(request_bytes(body("x" * 300000, stream=True), "Connection: close\r\n"))
            time.sleep(0.1)
            assert drain(sock).endswith(b"0\r\n\r\n")


# --- administration -------------------------------------------------------------------------------


@test
def counters_add_up():
    with Server() as server:
        for _ in range(3):
            once(server)
        with contextlib.closing(server.client()) as client:
            ask(client, "{")
            ask(client, None, "GET", "/nowhere")
            stats = json.loads(ask(client, None, "GET", "/admin/stats").text)
            assert stats["requests"] == 5 and stats["answered"] == {"200": 3, "400": 1, "404": 1}
            assert stats["connections_accepted"] == 4 and stats["connections_open"] == 1
            assert stats["in_flight"] == 0 and stats["in_flight_max"] == 1
            assert stats["bytes_in"] > 500 and stats["bytes_out"] > 1500
            assert ask(client, None, "GET", "/admin/reset").status == 404
            assert ask(client, None, "POST", "/admin/reset").status == 200
            stats = json.loads(ask(client, None, "GET", "/admin/stats").text)
            assert stats["requests"] == 0 and stats["answered"] == {}
            assert stats["connections_open"] == 1


@test
def requests_are_logged():
    path = os.path.join(SCRATCH.name, "requests.log")
    texts = ["one", 'two "quoted"\n', "é" * 100, "y" * 61]
    with Server("--log", path) as server:
        for text in texts[:2]:
            once(server, text)
        server.stats()
        with open(path) as file:
            assert [json.loads(line) for line in file] == texts[:2]
        for text in texts[2:]:
            once(server, text)
    with open(path) as file:
        assert [json.loads(line) for line in file][2:] == ["é" * 30, "y" * 60]


@test
def it_ends_when_told():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Server() as server:
            server.process.send_signal(number)
            assert server.process.wait(timeout=2) == 0
    with Server() as server:
        with contextlib.closing(server.client()) as client:
            assert ask(client, None, "POST", "/admin/stop").status == 200
        assert server.process.wait(timeout=2) == 0


def command(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=5)


@test
def the_command_line_is_checked():
    result = command("--help")
    assert result.returncode == 0
    for option in ("--port", "--tls-port", "--ca-out", "--san", "--cert", "--tokens", "--seed",
                   "--echo", "--require-key", "--latency-ms", "--ttft-ms", "--token-ms",
                   "--fail-429", "--retry-after-date", "--script", "--rpm", "--tpm",
                   "--keepalive-requests", "--keepalive-s", "--log", "--quiet"):
        assert option in result.stdout, option
    for wrong in (["--nonsense"], ["--port"], ["--port", "x"], ["--port", "70000"],
                  ["--fail-429", "2"], ["--tokens", "9:3"],
                  ["--fail-429", "0.7", "--fail-500", "0.7"], ["--port", "off"], ["--cert", "bad"],
                  ["--echo=1"], ["--latency-ms", "lognormal:5"], ["--latency-ms", "-1"],
                  ["--seed", "-1"], ["--san", ""]):
        result = command(*wrong)
        assert result.returncode == 2 and result.stderr, wrong
    for line in ("1", "x ok", "1 nonsense", "*/0 ok", "1 raw=/no/such/file", "1 429 retry-after=x",
                 "1-x ok", "1 ok ok"):
        result = command("--script", write("script", line))
        assert result.returncode == 1 and "line 1" in result.stderr, line
    assert command("--script", "/no/such/file").returncode == 1
    with Server() as server:
        assert command("--port", str(server.port)).returncode == 1


def main():
    begin = time.monotonic()
    passed = failed = 0
    for function in TESTS:
        if FILTER not in function.__name__:
            continue
        started = time.monotonic()
        try:
            function()
            passed += 1
            print(f"ok - mock: {function.__name__}", flush=True)
        except Exception as error:  # a failing test must not hide the others
            failed += 1
            frame = error.__traceback__
            while frame.tb_next and frame.tb_frame.f_code.co_name != function.__name__:
                frame = frame.tb_next
            print(f"not ok - mock: {function.__name__}", flush=True)
            said = " ".join(str(error).split())[:300]
            print(f"#   line {frame.tb_lineno}: {type(error).__name__}: {said}")
        if "-v" in sys.argv:
            print(f"# {time.monotonic() - started:.2f} s")
    print(f"# {passed} passed, {failed} failed ({time.monotonic() - begin:.1f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
