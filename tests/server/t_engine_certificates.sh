#!/usr/bin/env bash
# Certificates through the whole engine, against openssl s_server: good ones carry requests; each bad
# one fails the item with its own status at the first attempt, and the server gets not one byte of
# the request. t_tls_certificates.sh has more kinds, for the TLS port alone.
set -u
# shellcheck source=tests/server/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/server/certificates.sh
. "$here/certificates.sh"

make_ca ca
make_ca other
make_leaf good ca subjectAltName=DNS:api.test
make_leaf wrong ca subjectAltName=DNS:other.test
make_leaf cn ca keyUsage=digitalSignature
make_leaf expired ca subjectAltName=DNS:api.test -startdate 20200101000000Z -enddate 20210101000000Z
make_leaf future ca subjectAltName=DNS:api.test -startdate 20900101000000Z -enddate 20910101000000Z
make_leaf unknown other subjectAltName=DNS:api.test
make_leaf clients ca "$(printf 'subjectAltName=DNS:api.test\nextendedKeyUsage=clientAuth')"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout self.key \
    -subj /CN=api.test -days 5 -sha256 -addext subjectAltName=DNS:api.test -out self.pem 2>/dev/null
echo sk-certificate-canary-1234567890 >key

# try TITLE STATUS NAME [S_SERVER_OPTION...]
try() {
    local title=$1 status=$2 name=$3 port
    shift 3
    port=$(free_port)
    # What the server decrypts it prints; it never answers, so a good certificate ends in a timeout.
    openssl s_server -accept "127.0.0.1:$port" -cert "$name.pem" -key "$name.key" -quiet "$@" \
        >"$name.received" 2>"$name.err" < <(sleep 60) &
    local server=$!
    servers+=("$server")
    local tries
    for ((tries = 0; tries < 100; ++tries)); do
        ss -ltn "sport = :$port" 2>/dev/null | grep -q LISTEN && break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    run_probe "url=https://api.test:$port/v1" "ca=${trust-ca.pem}" keyfile=key c=1 items=3 \
        "resolve=api.test:$port:127.0.0.1" first_ms=300 attempts=${attempts-3} limit_s=20
    sleep 0.1
    kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    if [ "$status" = good ]; then
        expect "$title: items go out" 'ended = 1' 'LEAT_E_TIMEOUT_FIRST_BYTE -eq 3' 'sent -eq 3'
        if grep -q 'POST /v1/chat/completions' "$name.received" && grep -q canary "$name.received"; then
            report ok "$title: and the server decrypts them"
        else
            report 'not ok' "$title: and the server decrypts them" "$(head -c 200 "$name.received")"
        fi
        return
    fi
    expect "$title: $status, not tried again" 'ended = 1' "$status -eq 3" 'attempts_most -eq 1' \
        'sent -eq 0' 'bytes_sent -eq 0'
    if [ -s "$name.received" ]; then
        report 'not ok' "$title: the server saw nothing" "$(head -c 200 "$name.received")"
    else
        report ok "$title: the server saw nothing"
    fi
}

attempts=1 try 'good certificate' good good
try 'expired' LEAT_E_TLS_EXPIRED expired
try 'not yet valid' LEAT_E_TLS_NOT_YET_VALID future
try 'wrong name' LEAT_E_TLS_NAME wrong
try 'unknown authority' LEAT_E_TLS_UNTRUSTED unknown
try 'common name only' LEAT_E_TLS_NO_SAN cn
try 'self-signed' LEAT_E_TLS_UNTRUSTED self
try 'for clients only' LEAT_E_TLS_WEAK clients
trust='' try "not in the system's bundle" LEAT_E_TLS_UNTRUSTED good
try 'TLS 1.1 at most' LEAT_E_TLS_VERSION good -tls1_1 -cipher 'ALL@SECLEVEL=0'
exit "$failed"
