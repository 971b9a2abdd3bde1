#!/usr/bin/env python3
"""Scrapes host_loop as Prometheus does: its address is in LOG; every page must be a strict exposition, and
the last one must tell of COUNT items. A head in two pieces, a wrong path and a caller that says nothing
must not disturb it."""
import re
import socket
import sys
import time

from exposition import Exposition


def address(log):
    while True:
        with open(log, encoding="utf-8") as file:
            found = re.search(r"metrics on http://([^:]+):(\d+)/metrics", file.read())
        if found:
            return found[1], int(found[2])
        time.sleep(0.01)


def ask(where, *pieces):
    with socket.create_connection(where, timeout=10) as peer:
        for piece in pieces:
            peer.sendall(piece)
            time.sleep(0.02)
        answer = b""
        while True:
            got = peer.recv(65536)
            if not got:
                return answer.decode()
            answer += got


def page(where):
    answer = ask(where, b"GET /metrics HT", b"TP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n"), head
    assert "\r\nContent-Type: text/plain; version=0.0.4\r\n" in head + "\r\n", head
    assert int(re.search(r"Content-Length: *(\d+)", head)[1]) == len(body.encode()), head
    return Exposition(body).value("batch_llm_items_processed")


where = address(sys.argv[1])
silent = socket.create_connection(where, timeout=10)
seen = [page(where)]
assert ask(where, b"GET / HTTP/1.1\r\n\r\n").startswith("HTTP/1.1 404 "), "a wrong path"
silent.close()
while seen[-1] < int(sys.argv[2]):
    seen.append(page(where))
print(f"{len(seen)} pages, the first at {seen[0]:.0f} items")
sys.exit(0 if seen == sorted(seen) else 1)
