"""Every fate of leat-mock happens when a prompt, a script or a rate asks for it.
"""
import contextlib
import email.utils
import http.client
import json
import time

from harness import Server, ask, body, once, request_bytes, run, test, write



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


run()
