"""The service that examples/custom_adapter.c speaks to: options in the URL, plain text both ways, the
cost in a header. Prints its port, ends with its stdin. A prompt that begins with "wait" gets a 429
first, one that begins with "warm" a 409 first, "bad" a 400."""
import http.server
import sys
import threading
import urllib.parse

seen = set()


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, text, **headers):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        prompt = self.rfile.read(int(self.headers["Content-Length"])).decode()
        where = urllib.parse.urlsplit(self.path)
        options = dict(urllib.parse.parse_qsl(where.query))
        first = prompt not in seen
        seen.add(prompt)
        if (where.path != "/v0/complete" or self.headers["Content-Type"] !=
                "text/plain; charset=utf-8" or self.headers["X-Key"] != "k"):
            self.reply(400, "shape: not how this service is spoken to")
        elif prompt.startswith("bad"):
            self.reply(400, "rude: not in that tone")
        elif first and prompt.startswith("wait"):
            self.reply(429, "busy: later", Retry_After="1")
        elif first and prompt.startswith("warm"):
            self.reply(409, "warming: just a moment")
        else:
            told = f"{options.get('engine')} {options.get('heat')} {options.get('length')}"
            self.reply(200, f"{told}: {prompt[::-1]}", X_Tokens=f"{len(prompt)}/7")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
