#!/usr/bin/env bash
# The engine against nginx, a server that shares no code with leat or its mock: kept connections,
# connections that close under it, error pages, redirects, empty replies, slow and large bodies;
# plain and TLS. Skipped where nginx is not installed.
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/server/certificates.sh
. "$here/certificates.sh"
nginx=$(command -v nginx || echo /usr/sbin/nginx)
if [ ! -x "$nginx" ]; then
    echo "ok - nginx # SKIP it is not installed"
    exit 0
fi

make_ca ca
make_leaf good ca subjectAltName=DNS:api.test
completion() { # completion TEXT
    printf '%s' '{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,' \
        '"message":{"role":"assistant","content":"' "$1" '"},"finish_reason":"stop"}],' \
        '"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}'
}
mkdir www
completion Hello >www/small.json
completion "$(head -c 3000000 /dev/zero | tr '\0' a)" >www/large.json
completion "$(head -c 6000 /dev/zero | tr '\0' b)" >www/slow.json
cp www/slow.json www/stall.json
plain=$(free_port) tls=$(free_port) few=$(free_port) few_tls=$(free_port)

server() { # server PORT TLS KEEPALIVE_REQUESTS
    local ssl=
    [ "$2" = no ] || ssl=' ssl'
    cat <<END_SERVER
    server {
        listen 127.0.0.1:$1$ssl;
        keepalive_requests $3;
        location = /v1/chat/completions { try_files /small.json =404; }
        location = /large/chat/completions { try_files /large.json =404; }
        location = /slow/chat/completions { try_files /slow.json =404; }
        location = /slow.json { limit_rate 4000; limit_rate_after 100; }
        location = /stall/chat/completions { try_files /stall.json =404; }
        location = /stall.json { limit_rate 1; limit_rate_after 100; }
        location = /close/chat/completions { return 444; }
        location = /redirect/chat/completions { return 307 http://127.0.0.1:$plain/v1/chat/completions; }
        location /bad/ { return 502; }
        location /text/ { default_type text/html; return 200 '<html>hello</html>'; }
    }
END_SERVER
}
{
    cat <<END_HEAD
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log $work/error.log warn;
events { worker_connections 512; }
http {
    access_log $work/access.log;
    default_type application/json;
    root $work/www;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    client_max_body_size 20m;
    ssl_certificate $work/good.pem;
    ssl_certificate_key $work/good.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;
    # A static file answers POST as well.
    error_page 405 =200 \$uri;
END_HEAD
    server "$plain" no 100000
    server "$tls" yes 100000
    server "$few" no 7
    server "$few_tls" yes 7
    echo '}'
} >nginx.conf
chmod -R a+rX "$work"
"$nginx" -p "$work" -e "$work/error.log" -c "$work/nginx.conf" >nginx.out 2>&1 &
servers+=($!)
for port in "$plain" "$tls" "$few" "$few_tls"; do
    wait_port "$port" "${servers[0]}" ||
        { report 'not ok' 'nginx runs' "$(tail -n 3 nginx.out error.log)"; exit 1; }
done

items=2000
for kind in plain TLS; do
    if [ "$kind" = plain ]; then
        base=http://127.0.0.1:$plain few_base=http://127.0.0.1:$few
        more=() no_reply=LEAT_E_CONNECTION_CLOSED
    else
        no_reply=LEAT_E_TLS_TRUNCATED
        base=https://api.test:$tls few_base=https://api.test:$few_tls
        more=(ca=ca.pem "resolve=api.test:$tls:127.0.0.1" "resolve=api.test:$few_tls:127.0.0.1")
    fi
    run_probe "url=$base/v1" "items=$items" c=8 ${more[@]+"${more[@]}"}
    expect "$kind: kept connections carry everything" 'ended = 1' "succeeded -eq $items" \
        "sent -eq $items" 'opened -le 8' "reused -ge $((items - 8))" 'replayed -eq 0' \
        'retries -eq 0' 'attempts_most -eq 1'
    # Every 7th answer says close: as many connections as that takes, and no more.
    run_probe "url=$few_base/v1" "items=$items" c=8 ${more[@]+"${more[@]}"}
    expect "$kind: connections that close under it" 'ended = 1' "succeeded -eq $items" \
        "sent -eq $items" "opened -ge $((items / 7))" "opened -le $((items / 7 + 9))" \
        'replayed -eq 0' 'retries -eq 0' 'attempts_most -eq 1'
    [ "$kind" = plain ] ||
        expect "$kind: ... resume their sessions" 'full -le 2' "resumed -ge $((items / 7 - 2))"
    run_probe "url=$base/v1" items=20 c=4 bytes=2000000 item_bytes=4000000 ${more[@]+"${more[@]}"}
    expect "$kind: large requests" 'succeeded -eq 20' 'bytes_sent -ge 40000000'
    run_probe "url=$base/large" items=20 c=4 item_bytes=8000000 ${more[@]+"${more[@]}"}
    expect "$kind: large answers" 'succeeded -eq 20' 'bytes_received -ge 60000000'
    run_probe "url=$base/large" items=3 c=1 item_bytes=1000000 ${more[@]+"${more[@]}"}
    expect "$kind: an answer over item_bytes" 'LEAT_E_BODY_TOO_LARGE -eq 3' 'attempts_most -eq 1'
    run_probe "url=$base/slow" items=4 c=4 ${more[@]+"${more[@]}"}
    expect "$kind: a slow answer" 'succeeded -eq 4' 'ms -ge 500'
    run_probe "url=$base/slow" items=2 c=2 attempts=1 attempt_ms=300 ${more[@]+"${more[@]}"}
    expect "$kind: slower than an attempt may be" 'LEAT_E_TIMEOUT_ATTEMPT -eq 2' 'ms -lt 3000'
    run_probe "url=$base/stall" items=2 c=2 attempts=1 idle_ms=200 ${more[@]+"${more[@]}"}
    expect "$kind: an answer that stalls" 'LEAT_E_TIMEOUT_IDLE -eq 2' 'ms -lt 3000'
    run_probe "url=$base/bad" items=6 c=2 ${more[@]+"${more[@]}"}
    expect "$kind: 502 with a page" 'LEAT_E_SERVER -eq 6' 'sent -eq 18' 'attempts_most -eq 3'
    run_probe "url=$base/text" items=6 c=2 ${more[@]+"${more[@]}"}
    expect "$kind: 200 with a page" 'LEAT_E_PARSE -eq 6'
    run_probe "url=$base/redirect" items=6 c=2 ${more[@]+"${more[@]}"}
    expect "$kind: a redirect is not followed" 'LEAT_E_REDIRECT -eq 6' 'sent -eq 6'
    run_probe "url=$base/close" items=6 c=2 ${more[@]+"${more[@]}"}
    # Over TLS it is an end without close_notify.
    expect "$kind: no reply at all" "$no_reply -eq 6" 'sent -eq 18' 'replayed -eq 0'
    run_probe "url=$base/missing" items=2 c=2 ${more[@]+"${more[@]}"}
    expect "$kind: 404 with a page" 'LEAT_E_MODEL -eq 2' 'sent -eq 2'
done

# nginx saw each request once.
seen=$(grep -c 'POST /v1/chat/completions HTTP/1.1" 200' access.log)
if [ "$seen" -eq $((4 * items + 40)) ]; then
    report ok 'every request arrived once'
else
    report 'not ok' 'every request arrived once' "nginx logged $seen"
fi
exit "$failed"
