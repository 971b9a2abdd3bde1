"""leat-mock serves good certificates and bad ones, as asked.
"""
import contextlib
import http.client
import socket
import ssl
import time

from harness import Server, ask, body, drain, request_bytes, run, test



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


run()
