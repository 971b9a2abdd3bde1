#!/usr/bin/env bash
# A unique key goes through every path (answers, retries, errors that echo it, TLS, broken
# connections), with the log at its most talkative; afterwards it is in no log, no result, no error
# text, not in the client's block and nowhere in the process' memory.
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
canary=sk-canary-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "$canary" >key

start_mock mock --require-key "$canary" --keepalive-requests 9 --retry-after-ms 2 ||
    { report 'not ok' 'the mock runs' "$(cat mock.log)"; exit 1; }
fates='|[[mock:500x1]]|[[mock:429x1]]|[[mock:reset]]|[[mock:truncate]]|[[mock:badjson]]|[[mock:html]]'
fates="$fates|[[mock:400]]|[[mock:surplus]]|[[mock:hang]]"

# clean TITLE CONDITION...: nothing of the key anywhere.
clean() {
    local title=$1
    shift
    expect "$title: runs" 'ended = 1' 'missing -eq 0' "$@"
    expect "$title: not in results and error texts" 'key_in_results -eq 0' 'key_in_bodies -eq 0'
    expect "$title: not in the block after close" 'key_in_block -eq 0'
    expect "$title: nowhere in memory after close" 'key_in_memory -eq 0'
    if grep -qF "$canary" probe.err log <<<"$said" || grep -qF "$canary" <<<"$said"; then
        report 'not ok' "$title: not in logs and outputs" "$(grep -hF "$canary" probe.err log | head -n 2)"
    else
        report ok "$title: not in logs and outputs"
    fi
}
: >log
run_probe "url=http://127.0.0.1:$mock_plain/v1" keyfile=key items=200 c=8 "fates=$fates" attempt_ms=200 \
    scan=1 log=log
clean plain 'succeeded -ge 60' 'failed -ge 60'
run_probe "url=https://localhost:$mock_tls/v1" ca=mock.ca keyfile=key items=200 c=8 "fates=$fates" \
    attempt_ms=200 scan=1 log=log
clean TLS 'succeeded -ge 60' 'failed -ge 60'
run_probe "url=https://localhost:$mock_tls/v1" ca=mock.ca keyfile=key items=50 c=8 "fates=[[mock:hang]]" \
    scan=1 log=log limit_s=1
expect 'closed in mid-flight: not in the block' 'key_in_block -eq 0'
expect 'closed in mid-flight: nowhere in memory' 'key_in_memory -eq 0'

# A server that echoes what it was given: in a 401 (message, code, header), and in a good answer.
cat >echo.py <<'END_PY'
import http.server, json
class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Authorization"].split(" ", 1)[1]
        code = int(self.path.split("/")[1])
        body = json.dumps({"error": {"message": "Incorrect API key provided: %s. Bearer %s" % (key, key),
                                     "type": "invalid", "code": "bad-" + key}}).encode()
        self.send_response(code, "No " + key)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", "id-" + key)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
print(server.server_address[1], flush=True)
server.serve_forever()
END_PY
python3 echo.py >echo.port 2>echo.err &
servers+=($!)
for ((tries = 0; tries < 100; ++tries)); do
    [ ! -s echo.port ] || break
    sleep 0.05
done
for code in 401 400 500 429; do
    run_probe "url=http://127.0.0.1:$(cat echo.port)/$code" keyfile=key items=3 c=1 \
        attempts=2 scan=1 log=log limit_s=$((code == 429 ? 1 : 20))
    [ "$code" = 429 ] || clean "echoed in a $code" 'failed -eq 3'
    [ "$code" = 429 ] || expect "echoed in a $code: the rest of the message is kept" 'message != 0'
done
clean_status=$(get key_in_memory)
[ "$clean_status" = 0 ] && report ok 'echoed in a 429: nowhere in memory' ||
    report 'not ok' 'echoed in a 429: nowhere in memory' "$said"

# The proxy's password as well.
printf '%s\n' "$canary" >key
run_probe "url=http://127.0.0.1:$mock_plain/v1" \
    "proxy=http://user:secret-of-the-proxy@127.0.0.1:$mock_plain" items=2 attempts=1 log=log
if grep -q 'secret-of-the-proxy' log probe.err || grep -q 'secret-of-the-proxy' <<<"$said"; then
    report 'not ok' "the proxy's password is in no log" "$(grep -h secret-of-the-proxy log | head -n 1)"
else
    report ok "the proxy's password is in no log"
fi
exit "$failed"
