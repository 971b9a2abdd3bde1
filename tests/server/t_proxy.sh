#!/usr/bin/env bash
# The engine through squid: CONNECT for TLS, the absolute form for plain http; credentials right and
# wrong; a port that the proxy refuses; a proxy that is not there. And the API key never reaches the
# proxy where there is a tunnel. Skipped where squid is not installed.
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
squid=$(command -v squid || echo /usr/sbin/squid)
auth=$(find /usr/lib -name basic_ncsa_auth 2>/dev/null | head -n 1)
if [ ! -x "$squid" ] || [ -z "$auth" ]; then
    echo "ok - proxy # SKIP squid is not installed"
    exit 0
fi

start_mock mock || { report 'not ok' 'the mock runs' "$(cat mock.log)"; exit 1; }
proxy=$(free_port) locked=$(free_port) dead=$(free_port)
echo "user:$(openssl passwd -apr1 right)" >passwords
cat >squid.conf <<END_CONF
http_port 127.0.0.1:$proxy name=open
http_port 127.0.0.1:$locked name=locked
auth_param basic program $auth $work/passwords
auth_param basic children 1
acl from_locked myportname locked
acl known proxy_auth REQUIRED
acl allowed port $mock_plain $mock_tls
acl CONNECT method CONNECT
http_access deny !allowed
http_access deny from_locked !known
http_access allow all
cache deny all
cache_mem 8 MB
access_log stdio:$work/access.log
logformat wide %>ru %rm %>Hs %>h
strip_query_terms off
cache_log $work/cache.log
pid_filename none
coredump_dir $work
shutdown_lifetime 0 seconds
visible_hostname proxy.test
debug_options ALL,1 11,2 26,2
pinger_enable off
END_CONF
# squid drops its rights when it is root: it must be able to write here.
chmod -R a+rwX "$work"
"$squid" -N -f "$work/squid.conf" >squid.out 2>&1 &
servers+=($!)
wait_port "$proxy" "${servers[-1]}" || sleep 2
wait_port "$proxy" "${servers[-1]}" ||
    { report 'not ok' 'squid runs' "$(tail -n 3 squid.out cache.log)"; exit 1; }

canary=sk-proxy-canary-$RANDOM$RANDOM$RANDOM
echo "$canary" >key
tls=("url=https://localhost:$mock_tls/v1" ca=mock.ca keyfile=key)
plain=("url=http://127.0.0.1:$mock_plain/v1" keyfile=key)

run_probe "${tls[@]}" items=200 c=8 "proxy=http://127.0.0.1:$proxy"
expect 'CONNECT: all succeed, over kept tunnels' 'ended = 1' 'succeeded -eq 200' 'opened -le 8' \
    'retries -eq 0' 'full -ge 1'
if grep -q "CONNECT localhost:$mock_tls" access.log; then
    report ok 'CONNECT: squid saw the tunnels'
else
    report 'not ok' 'CONNECT: squid saw the tunnels' "$(tail -n 3 access.log)"
fi
if grep -rqF "$canary" access.log cache.log; then
    report 'not ok' 'CONNECT: the key never reaches the proxy' \
        "$(grep -rF "$canary" access.log cache.log | head -n 2)"
else
    report ok 'CONNECT: the key never reaches the proxy'
fi
# The debug log holds the heads that squid got: it must be shown that they would be seen.
if grep -q 'CONNECT localhost' cache.log; then
    report ok 'CONNECT: ... whose log holds request heads'
else
    report 'not ok' 'CONNECT: ... whose log holds request heads' "$(tail -n 3 cache.log)"
fi
run_probe "${plain[@]}" items=200 c=8 "proxy=http://127.0.0.1:$proxy"
expect 'absolute form: all succeed' 'ended = 1' 'succeeded -eq 200' 'retries -eq 0'
if grep -q "POST http://127.0.0.1:$mock_plain/v1/chat/completions" access.log; then
    report ok 'absolute form: squid saw it'
else
    report 'not ok' 'absolute form: squid saw it' "$(tail -n 3 access.log)"
fi
for kind in tls plain; do
    if [ "$kind" = tls ]; then to=("${tls[@]}"); else to=("${plain[@]}"); fi
    run_probe "${to[@]}" items=5 "proxy=http://user:right@127.0.0.1:$locked"
    expect "$kind, right credentials" 'succeeded -eq 5'
    run_probe "${to[@]}" items=5 "proxy=http://user:wrong@127.0.0.1:$locked"
    expect "$kind, wrong credentials" 'LEAT_E_PROXY_AUTH -eq 5' 'attempts_most -eq 1'
    run_probe "${to[@]}" items=5 "proxy=http://127.0.0.1:$locked"
    expect "$kind, no credentials" 'LEAT_E_PROXY_AUTH -eq 5' 'attempts_most -eq 1'
    run_probe "${to[@]}" items=5 c=2 "proxy=http://127.0.0.1:$dead"
    expect "$kind, a proxy that is not there" 'LEAT_E_CONNECT -eq 5' 'attempts_most -eq 3'
done
run_probe "url=https://localhost:$dead/v1" ca=mock.ca items=3 "proxy=http://127.0.0.1:$proxy"
expect 'a port that the proxy refuses' 'LEAT_E_PROXY -eq 3' 'sent -eq 0'
run_probe "url=https://localhost:$mock_plain/v1" ca=mock.ca items=3 attempts=1 "proxy=http://127.0.0.1:$proxy"
expect 'a target that speaks no TLS' 'failed -eq 3' 'sent -eq 0'
exit "$failed"
