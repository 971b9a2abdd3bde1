# shellcheck shell=bash disable=SC2034,SC2154 # what bench.sh sets and uses
# tests/bench/nginx.sh: the server of bench.sh, sourced by it: one worker, a static completion of
# 1,168 bytes with 15 header lines, plain and over TLS with tickets, keep-alive without end; and a
# second TLS port that closes after each answer. Sets nginx_pid, plain, secure, closing, ca.
# Needs: work (a folder), server_core. Everything listens on 127.0.0.1 only.

make_certificates() {
    local here=$work/tls
    mkdir -p "$here"
    openssl ecparam -name prime256v1 -genkey -noout -out "$here/ca.key"
    openssl ecparam -name prime256v1 -genkey -noout -out "$here/server.key"
    openssl req -x509 -new -sha256 -days 2 -key "$here/ca.key" -subj "/CN=bench root" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
        -out "$here/ca.pem"
    openssl req -new -sha256 -key "$here/server.key" -subj "/CN=localhost" -out "$here/server.csr"
    printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
        "extendedKeyUsage=serverAuth" "subjectAltName=DNS:localhost,IP:127.0.0.1" >"$here/ext"
    openssl x509 -req -sha256 -days 2 -in "$here/server.csr" -CA "$here/ca.pem" \
        -CAkey "$here/ca.key" -set_serial 2 -extfile "$here/ext" -out "$here/server.pem" 2>/dev/null
    ca=$here/ca.pem
}

# The body and ten more header lines, filled up so that the whole reply has the standard size.
reply_directives() {
    local body
    body='{"id":"chatcmpl-9aJ7Kd2mQx0pVbN4","object":"chat.completion","created":1722180000,"model'
    body+='":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content"'
    body+=':"TEXT","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens'
    body+='":112,"completion_tokens":48,"total_tokens":160,"prompt_tokens_details":{"cached_tokens"'
    body+=':0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}'
    body+='},"system_fingerprint":"fp_0f03d4f0ee"}'
    local prose
    prose="A granite channel fed by a moorland brook kept the level; the tinners paid for t"
    prose+="he stone, and in a dry year the miller ground at night, when nobody drew water. "
    prose+="It is 3.2 miles long. "
    local room=$((701 - ${#body} + 4))
    while [ ${#prose} -lt $room ]; do prose="$prose$prose"; done
    body=${body/TEXT/${prose:0:$room}}
    cat <<END
            default_type application/json;
            add_header x-request-id req_4f2b91c07de84a3fa1;
            add_header openai-organization example;
            add_header openai-processing-ms 412;
            add_header openai-version 2020-10-01;
            add_header x-ratelimit-limit-requests 10000;
            add_header x-ratelimit-remaining-requests 9999;
            add_header x-ratelimit-limit-tokens 200000;
            add_header x-ratelimit-remaining-tokens 199000;
            add_header x-ratelimit-reset-requests 8ms;
            add_header x-fill $1;
            return 200 '$body';
END
}

write_nginx_conf() {
    cat >"$work/nginx.conf" <<END
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log error;
worker_processes 1;
worker_rlimit_nofile 16384;
events { worker_connections 12000; multi_accept on; }
http {
    access_log off;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    scgi_temp_path $work/scgi;
    uwsgi_temp_path $work/uwsgi;
    keepalive_timeout 600;
    keepalive_requests 1000000000;
    ssl_certificate $work/tls/server.pem;
    ssl_certificate_key $work/tls/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;
    server {
        listen 127.0.0.1:$plain backlog=8192;
        listen 127.0.0.1:$secure ssl backlog=8192;
        location / {
$(reply_directives "$1")
        }
    }
    server {
        listen 127.0.0.1:$closing ssl backlog=8192;
        keepalive_timeout 0;
        location / {
$(reply_directives "$1")
        }
    }
}
END
}

run_nginx() {
    local nginx=/usr/sbin/nginx
    [ -x $nginx ] || nginx=nginx
    taskset -c "$server_core" $nginx -p "$work" -c "$work/nginx.conf" 2>>"$work/nginx.log" &
    nginx_pid=$!
    for _ in $(seq 100); do
        curl -s -o "$work/reply" -i "http://127.0.0.1:$plain/" && return 0
        kill -0 "$nginx_pid" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

# Started twice: first to learn how much filling the reply needs, then for good.
start_nginx() {
    make_certificates
    local filling="x"
    for _ in 1 2 3 4 5 6; do
        plain=$((20000 + RANDOM % 9000)) secure=$((plain + 1)) closing=$((plain + 2))
        write_nginx_conf "$filling"
        if run_nginx; then
            local missing=$((1168 - $(wc -c <"$work/reply")))
            [ $missing -ne 0 ] || return 0
            [ $missing -gt 0 ] || return 1
            filling="x$(head -c $missing /dev/zero | tr '\0' x)"
        fi
        stop_nginx
    done
    return 1
}

stop_nginx() {
    [ -n "${nginx_pid:-}" ] || return 0
    kill -QUIT "$nginx_pid" 2>/dev/null && sleep 0.1
    kill -TERM "$nginx_pid" 2>/dev/null
    wait "$nginx_pid" 2>/dev/null
    nginx_pid=""
}
