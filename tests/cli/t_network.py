#!/usr/bin/env python3
"""What the command adds to the library's network: CA file, --resolve, the proxy from an option
and from the environment, NO_PROXY, and that no request leaves when the peer is not who it should
be."""
import socket
import socketserver
import threading

from cli import Mock, by_id, check, leave, path, prompts, records, run, said


class Tunnel(socketserver.BaseRequestHandler):
    """A CONNECT proxy: any name leads to loopback."""

    def handle(self):
        head = b""
        while b"\r\n\r\n" not in head:
            got = self.request.recv(4096)
            if not got:
                return
            head += got
        self.server.heads.append(head.decode())
        port = int(head.split()[1].split(b":")[-1])
        with socket.create_connection(("127.0.0.1", port)) as peer:
            self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=pump, args=(peer, self.request), daemon=True)
            back.start()
            pump(self.request, peer)
            back.join(5)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.heads = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


def proxies(mock, proxy):
    source = prompts("proxy.jsonl", 4)
    base = [source, "-m", "m", "--ca-file", mock.ca, "--max-attempts", "1",
            "--base-url", f"https://api.test:{mock.tls_port}/v1"]
    done = run(*base, "-o", path("p1.out"), "--proxy", proxy.url)
    check("--proxy: CONNECT, then TLS with the real host", done.returncode == 0 and proxy.heads and
          proxy.heads[0].startswith(f"CONNECT api.test:{mock.tls_port} "), said(done))
    proxy.heads.clear()
    done = run(*base, "-o", path("p2.out"), environment={"HTTPS_PROXY": proxy.url})
    check("HTTPS_PROXY from the environment", done.returncode == 0 and proxy.heads, said(done))
    proxy.heads.clear()
    resolve = ["--resolve", f"api.test:{mock.tls_port}:127.0.0.1"]
    done = run(*base, "-o", path("p3.out"), *resolve,
               environment={"HTTPS_PROXY": proxy.url, "NO_PROXY": "other.test,.test"})
    check("NO_PROXY and --resolve", done.returncode == 0 and not proxy.heads, said(done))
    done = run(*base, "-o", path("p4.out"), *resolve, "--proxy", "",
               environment={"HTTPS_PROXY": proxy.url})
    check("--proxy '' ignores the environment", done.returncode == 0 and not proxy.heads,
          said(done))


def authentication(mock):
    source = prompts("tls.jsonl", 3)
    before = mock.stats()["requests"]
    base = [source, "-m", "m", "--max-attempts", "1"]
    done = run(*base, "-o", path("t1.out"), "--base-url", f"https://localhost:{mock.tls_port}/v1")
    words = {record["leat"]["status"] for record in records("t1.out")}
    check("an unknown CA: every item fails as untrusted", done.returncode == 1 and
          words == {"tls_untrusted"}, f"{words} {said(done)}")
    done = run(*base, "-o", path("t2.out"), "--ca-file", mock.ca, "--resolve",
               f"other.test:{mock.tls_port}:127.0.0.1", "--base-url",
               f"https://other.test:{mock.tls_port}/v1")
    words = {record["leat"]["status"] for record in records("t2.out")}
    check("another name: every item fails by its name", words == {"tls_name"}, words)
    check("and no request was sent", mock.stats()["requests"] == before, mock.stats())
    done = run(*base, "-o", path("t3.out"), "--ca-file", path("none.pem"), "--base-url",
               f"https://localhost:{mock.tls_port}/v1")
    check("a CA file that is not there: exit 2", done.returncode == 2, said(done))
    done = run(*base, "-o", path("t4.out"), "--resolve", "plain.test:80:127.0.0.1", "--base-url",
               "http://plain.test/v1")
    check("plain http:// to a name needs --allow-http: exit 2", done.returncode == 2 and
          "plain http" in said(done), said(done))


def injected():
    with Mock("--fail-429", "0.05", "--retry-after-ms", "20", "--fail-500", "0.05",
              "--fail-reset", "0.03", "--fail-truncate", "0.03", tls=True) as mock:
        done = run(prompts("mix.jsonl", 300), "-o", path("mix.out"), "-m", "m", "--ca-file",
                   mock.ca, "--base-url", f"https://localhost:{mock.tls_port}/v1", "--backoff",
                   "0.01", "--slow-start", "0", "--max-attempts", "8", "-j", "16")
        got = by_id("mix.out")
        check("300 items through TLS with 429, 500, resets and cut bodies: all succeed",
              done.returncode == 0 and len(got) == 300, said(done))
        check("the summary counts them", "rate-limited (429)" in said(done) and
              " 0 rate-limited" not in said(done) and "resumed handshakes" in said(done),
              said(done))


with Mock("--san", "api.test", tls=True) as server:
    with Proxy() as tunnel:
        proxies(server, tunnel)
        tunnel.shutdown()
    authentication(server)
injected()
leave()
