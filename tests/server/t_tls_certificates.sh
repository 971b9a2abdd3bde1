#!/usr/bin/env bash
# Every kind of certificate against the mbedTLS port: good ones authenticate and resume, each bad
# one ends in its own status, and no bad server sees a byte of application data.
# Makes its certificates with openssl and serves them with openssl s_server on 127.0.0.1.
# Needs $LEAT_BUILD/tests/server/tls_probe. Prints TAP lines; exit status 0 when all are ok.
set -u
export LC_ALL=C
probe=${LEAT_BUILD:?is the build folder}/tests/server/tls_probe
work=$(mktemp -d "${TMPDIR:-/tmp}/tls.XXXXXX") || exit 1
server=
failed=0
trap 'stop_server; rm -rf "$work"' EXIT
cd "$work" || exit 1

stop_server() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null
    server=
}

report() { # report VERDICT NAME [DETAIL]
    echo "$1 - $2"
    [ "$1" = ok ] || { failed=1; echo "#  ${3-}"; }
}

# ---- certificates -----------------------------------------------------------------------------

cat >ca.cnf <<'END'
[ca]
default_ca = here
[here]
new_certs_dir = .
database = index.txt
rand_serial = yes
policy = any
unique_subject = no
default_md = sha256
copy_extensions = none
[any]
commonName = supplied
END
: >index.txt

key_ec() { openssl ecparam -genkey -noout -name "${2:-prime256v1}" -out "$1.key" 2>/dev/null; }
key_rsa() { openssl genrsa -out "$1.key" "$2" 2>/dev/null; }

# root NAME: a self-signed authority.
root() {
    key_ec "$1"
    openssl req -x509 -new -key "$1.key" -subj "/CN=Test Root $1" -days 30 -sha256 \
        -addext keyUsage=critical,keyCertSign -out "$1.pem" 2>/dev/null
}

# issue NAME ISSUER EXTENSIONS [OPTION...]: NAME.key must be there; EXTENSIONS has \n between lines.
issue() {
    local name=$1 issuer=$2 extensions=$3
    shift 3
    printf '%b\n' "$extensions" >"$name.ext"
    openssl req -new -key "$name.key" -subj "/CN=${subject:-api.test}" -out "$name.csr" 2>/dev/null
    openssl ca -batch -notext -config ca.cnf -cert "$issuer.pem" -keyfile "$issuer.key" \
        -in "$name.csr" -out "$name.pem" -extfile "$name.ext" -days 10 "$@" 2>"$name.log" ||
        echo "# openssl could not make $name"
}

leaf='basicConstraints=CA:FALSE\nsubjectAltName='
root ca
root other
for name in good wrong cn expired future unknown authority ipgood ipbad nosan usage wild wide many \
    leafbelow oldroot; do
    key_ec $name
done
issue good ca "${leaf}DNS:api.test"
key_rsa rsa 2048 && issue rsa ca "${leaf}DNS:api.test"
key_rsa rsa4 4096 && issue rsa4 ca "${leaf}DNS:api.test"
key_ec p384 secp384r1 && issue p384 ca "${leaf}DNS:api.test"
issue wrong ca "${leaf}DNS:other.test"
issue cn ca 'basicConstraints=CA:FALSE'
issue nosan ca "${leaf}email:me@api.test"
issue expired ca "${leaf}DNS:api.test" -startdate 20200101000000Z -enddate 20210101000000Z
issue future ca "${leaf}DNS:api.test" -startdate 20900101000000Z -enddate 20910101000000Z
issue unknown other "${leaf}DNS:api.test"
issue authority ca 'basicConstraints=critical,CA:TRUE\nsubjectAltName=DNS:api.test'
issue ipgood ca "${leaf}IP:127.0.0.1,IP:::1"
issue ipbad ca "${leaf}IP:127.0.0.2,DNS:127.0.0.1"
issue usage ca "extendedKeyUsage=clientAuth\n${leaf}DNS:api.test"
issue wild ca "${leaf}DNS:*.api.test"
issue wide ca "${leaf}DNS:*.test"
issue many ca "${leaf}$(seq -f 'DNS:host%g.test' -s, 400),DNS:api.test"
key_rsa rsa1024 1024 && issue rsa1024 ca "${leaf}DNS:api.test"
issue_sha1() { key_ec sha1 && issue sha1 ca "${leaf}DNS:api.test" -md sha1; }
issue_sha1
key_ec self && openssl req -x509 -new -key self.key -subj /CN=api.test -days 5 -sha256 \
    -addext subjectAltName=DNS:api.test -out self.pem 2>/dev/null
key_ec middle && subject='Test Middle' issue middle ca 'basicConstraints=critical,CA:TRUE'
issue leafbelow middle "${leaf}DNS:api.test"
key_ec oldca
subject='Test Old Middle' issue oldca ca 'basicConstraints=critical,CA:TRUE' \
    -startdate 20200101000000Z -enddate 20210101000000Z
issue oldroot oldca "${leaf}DNS:api.test"

# ---- servers ----------------------------------------------------------------------------------

# serve NAME [OPTION...]: NAME.pem on a free port; sets $port and $server.
serve() {
    local name=$1 tries line
    shift
    : >server.log # the last server's port must not be taken for this one's
    openssl s_server -accept 127.0.0.1:0 -cert "$name.pem" -key "$name.key" -www -msg "$@" \
        >>server.log 2>&1 </dev/null &
    server=$!
    port=
    for ((tries = 0; tries < 100; ++tries)); do
        # read leaves out a last line that is not whole yet.
        while read -r line; do
            [[ $line != "ACCEPT "*:* ]] || port=${line##*:}
        done <server.log
        [ -z "$port" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    return 1
}

saw_data() { grep -A1 '^<<<' server.log | grep -q '^ *17 03 03'; }

# expect TITLE STATUS CERTIFICATE HOST [OPTION...]: what the probe must say.
expect() {
    local title=$1 status=$2 certificate=$3 host=$4 said
    shift 4
    if ! serve "$certificate" "$@"; then
        report 'not ok' "$title" "no server: $(tail -n 2 server.log)"
        stop_server
        return
    fi
    said=$(timeout 30 "$probe" "$port" "$host" "${trust-ca.pem}" "${connections:-1}" 2>&1)
    stop_server
    if [[ $said != "$status "* ]]; then
        report 'not ok' "$title" "expected $status, got: $said"
    elif [ "$status" != LEAT_OK ] && saw_data; then
        report 'not ok' "$title" 'the server saw application data'
    elif [ "$status" = LEAT_OK ] && ! saw_data; then
        report 'not ok' "$title" 'the server saw no application data'
    elif [ -n "${detail-}" ] && [[ $said != *"$detail"* ]]; then
        report 'not ok' "$title" "expected $detail, got: $said"
    else
        report ok "$title"
    fi
}

weak_server=(-cipher 'ALL@SECLEVEL=0')

expect 'good EC certificate' LEAT_OK good api.test
expect 'good RSA certificate' LEAT_OK rsa api.test
expect 'good RSA 4096 certificate' LEAT_OK rsa4 api.test
expect 'good P-384 certificate' LEAT_OK p384 api.test
expect 'host in capitals with a final dot' LEAT_OK good API.Test.
expect 'wildcard stands for one label' LEAT_OK wild v1.api.test
expect 'wildcard stands for no more than one label' LEAT_E_TLS_NAME wild a.b.api.test
expect 'wildcard stands for no less than one label' LEAT_E_TLS_NAME wild api.test
expect 'wildcard over a whole top domain' LEAT_E_TLS_NAME wide api.test
expect 'good name behind 400 others' LEAT_OK many api.test
expect 'chain with its intermediate' LEAT_OK leafbelow api.test -cert_chain middle.pem
expect 'chain without its intermediate' LEAT_E_TLS_UNTRUSTED leafbelow api.test
expect 'chain with an expired intermediate' LEAT_E_TLS_EXPIRED oldroot api.test \
    -cert_chain oldca.pem
connections=3 detail='full=1 resumed=2' expect 'second connection resumes' LEAT_OK good api.test
connections=3 detail='full=1 resumed=2' expect 'resumes by session id where there are no tickets' \
    LEAT_OK good api.test -no_ticket
connections=3 detail='full=3 resumed=0' expect 'full handshakes where the server keeps nothing' \
    LEAT_OK good api.test -no_ticket -no_cache
expect 'address in the certificate' LEAT_OK ipgood 127.0.0.1
expect 'IPv6 address in the certificate' LEAT_OK ipgood 0:0::1
connections=2 detail='full=1 resumed=1' expect 'address resumes' LEAT_OK ipgood 127.0.0.1
expect 'address that the certificate lacks' LEAT_E_TLS_NAME ipbad 127.0.0.1
expect 'address where the certificate has names' LEAT_E_TLS_NAME good 127.0.0.1
expect 'name where the certificate has addresses' LEAT_E_TLS_NAME ipgood api.test
expect 'wrong name' LEAT_E_TLS_NAME wrong api.test
expect 'empty name' LEAT_E_TLS_NAME good ''
expect 'common name alone' LEAT_E_TLS_NO_SAN cn api.test
expect 'no host among the alternative names' LEAT_E_TLS_NO_SAN nosan api.test
expect 'expired' LEAT_E_TLS_EXPIRED expired api.test
expect 'not yet valid' LEAT_E_TLS_NOT_YET_VALID future api.test
LEAT_PROBE_DATE=4000000000 expect 'the port'"'"'s own clock says expired' \
    LEAT_E_TLS_EXPIRED good api.test
LEAT_PROBE_DATE=1000000000 expect 'the port'"'"'s own clock says not yet valid' \
    LEAT_E_TLS_NOT_YET_VALID good api.test
LEAT_PROBE_DATE=1600000000 trust=expired.pem expect 'untrusted and not yet valid is untrusted' \
    LEAT_E_TLS_UNTRUSTED good api.test
expect 'unknown authority' LEAT_E_TLS_UNTRUSTED unknown api.test
expect 'self-signed' LEAT_E_TLS_UNTRUSTED self api.test
trust=self.pem expect 'trusted, but an authority itself' LEAT_E_TLS_WEAK self api.test
expect 'issued, but an authority itself' LEAT_E_TLS_WEAK authority api.test
expect 'for clients only' LEAT_E_TLS_WEAK usage api.test
expect 'RSA 1024' LEAT_E_TLS_WEAK rsa1024 api.test "${weak_server[@]}"
expect 'signed with SHA-1' LEAT_E_TLS_WEAK sha1 api.test "${weak_server[@]}"
if [ "${LEAT_TLS13:-0}" = 0 ]; then
    expect 'server with TLS 1.3 only' LEAT_E_TLS_VERSION good api.test -tls1_3
else
    expect 'server with TLS 1.3 only' LEAT_OK good api.test -tls1_3
fi
expect 'server with CBC only' LEAT_E_TLS_VERSION good api.test -tls1_2 \
    -cipher ECDHE-ECDSA-AES128-SHA
expect 'server without forward secrecy' LEAT_E_TLS_VERSION rsa api.test -tls1_2 \
    -cipher AES128-GCM-SHA256
expect 'server with TLS 1.1 only' LEAT_E_TLS_VERSION good api.test -tls1_1 "${weak_server[@]}"
trust=/nonexistent expect 'no file to trust' LEAT_E_TLS_CA good api.test
trust=good.key expect 'file without a certificate' LEAT_E_TLS_CA good api.test
trust= expect 'system bundle does not know us' LEAT_E_TLS_UNTRUSTED good api.test

exit "$failed"
