"""leat-mock speaks OpenAI Chat Completions: answers, streams, good and bad requests.
"""
import contextlib
import http.client
import json
import socket
import time

from harness import ODD_TEXTS, Server, ask, body, drain, once, request_bytes, run, streamed, test


# --- answers ---------------------------------------------------------------------------------------


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
                     {"role": "user", "content": "c\n"},
                     {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]},
                     {"role": "tool", "tool_call_id": "x", "content": "d"}]) == "c\n"
        assert said([{"content": "before", "role": "user"},
                     {"content": "no", "role": "assistant"}]) == "before"
        parts = [{"type": "text", "text": 'o\u00e9"'},
                 {"type": "image_url", "image_url": {"url": "data:x", "d": [1]}},
                 {"text": "two\\", "type": "text"}, "three"]
        assert said([{"role": "user", "name": "n", "content": parts}]) == 'o\u00e9"two\\three'
        assert said([{"role": "user", "content": None}]) == ""
        assert said([{"role": "system", "content": "s"}]) == ""


# --- streams ---------------------------------------------------------------------------------------


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


# --- requests, good and bad ------------------------------------------------------------------------


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


@test
def deployments_are_azure_s():
    path = "/openai/deployments/d/chat/completions?api-version=2024-10-21"
    with Server("--require-key", "k", "--rate-headers") as server, contextlib.closing(
            server.client()) as client:
        key = {"api-key": "k"}
        good = ask(client, {"messages": body()["messages"]}, path=path, headers=key)
        assert good.status == 200 and good.json()["model"] == "d"
        assert good.headers["x-ratelimit-reset-requests"].isdigit()
        wrong = ask(client, body(), path=path, headers={"api-key": "x"})
        assert wrong.status == 401 and wrong.json()["error"]["code"] == "401"
        gone = ask(client, body(), path=path.replace("/d/", "/no-such-model/"), headers=key)
        assert gone.status == 404 and gone.json()["error"]["code"] == "DeploymentNotFound"
        limited = ask(client, body("[[mock:429 retry-after-ms=5]]"), path=path, headers=key)
        assert limited.json()["error"]["code"] == "RateLimitReached"
        assert limited.headers["retry-after-ms"] == "5"


run()
