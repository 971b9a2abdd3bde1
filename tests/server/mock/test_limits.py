"""leat-mock keeps limits, delays and connections as its options say.
"""
import contextlib
import random
import resource
import socket
import time

from harness import Server, ask, body, drain, once, request_bytes, run, test



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


run()
