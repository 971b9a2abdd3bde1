#!/usr/bin/env bash
# IPv6 loopback, plain and TLS, and addresses tried in turn: dead ones before a live one cost no
# attempt; the live one is remembered.
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
if [ ! -e /proc/net/if_inet6 ] || ! grep -q ' lo$' /proc/net/if_inet6; then
    echo "ok - IPv6 # SKIP this machine has no ::1"
    exit 0
fi
start_mock mock --san ::1 --san both.test --keepalive-requests 3 ||
    { report 'not ok' 'the mock runs' "$(cat mock.log)"; exit 1; }
run_probe "url=http://[::1]:$mock_plain/v1" items=100
expect 'plain to [::1]' 'succeeded -eq 100' 'retries -eq 0'
run_probe "url=https://[::1]:$mock_tls/v1" ca=mock.ca items=100
expect 'TLS to [::1]: the address is in the certificate' 'succeeded -eq 100' 'resumed -ge 20'
run_probe "url=https://localhost:$mock_tls/v1" ca=mock.ca items=20
expect 'TLS to localhost, whatever it resolves to' 'succeeded -eq 20'
for kind in plain TLS; do
    if [ "$kind" = plain ]; then
        port=$mock_plain to=("url=http://localhost:$port/v1") host=localhost
    else
        port=$mock_tls to=("url=https://both.test:$port/v1" ca=mock.ca) host=both.test
    fi
    # 127.93.17.5: loopback, and nobody listens there.
    run_probe "${to[@]}" items=60 c=4 "resolve=$host:$port:127.93.17.5" "resolve=$host:$port:::1"
    expect "$kind: a dead IPv4 address, then [::1]" 'succeeded -eq 60' 'attempts_most -eq 1' 'retries -eq 0'
    run_probe "${to[@]}" items=60 c=4 "resolve=$host:$port:127.93.17.5" \
        "resolve=$host:$port:127.93.17.6" "resolve=$host:$port:127.0.0.1"
    expect "$kind: two dead addresses, then a live one" 'succeeded -eq 60' 'attempts_most -eq 1'
    run_probe "${to[@]}" items=5 c=2 "resolve=$host:$port:127.93.17.5" "resolve=$host:$port:127.93.17.6"
    expect "$kind: dead addresses only" 'LEAT_E_CONNECT -eq 5' 'attempts_most -eq 3' 'sent -eq 0'
done
exit "$failed"
