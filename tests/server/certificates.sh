# shellcheck shell=bash
# Certificates for the t_* scripts of this folder, made with openssl in the work folder.

# make_ca NAME: a self-signed authority, NAME.key and NAME.pem.
make_ca() {
    openssl ecparam -genkey -noout -name prime256v1 -out "$1.key" 2>/dev/null
    openssl req -x509 -new -key "$1.key" -subj "/CN=Test Root $1" -days 30 -sha256 \
        -addext keyUsage=critical,keyCertSign -out "$1.pem" 2>/dev/null
}

# make_leaf NAME ISSUER EXTENSION [OPTION...]: NAME.key and NAME.pem for api.test; EXTENSION is a
# line such as subjectAltName=DNS:api.test. OPTIONs are of openssl ca, for example -enddate.
make_leaf() {
    local name=$1 issuer=$2 extension=$3
    shift 3
    if [ ! -e ca.cnf ]; then
        printf '%s\n' '[ca]' 'default_ca = here' '[here]' 'new_certs_dir = .' \
            'database = index.txt' 'rand_serial = yes' 'policy = any' 'unique_subject = no' \
            'default_md = sha256' '[any]' 'commonName = supplied' >ca.cnf
        : >index.txt
    fi
    printf 'basicConstraints=CA:FALSE\n%s\n' "$extension" >"$name.ext"
    openssl ecparam -genkey -noout -name prime256v1 -out "$name.key" 2>/dev/null
    openssl req -new -key "$name.key" -subj /CN=api.test -out "$name.csr" 2>/dev/null
    openssl ca -batch -notext -config ca.cnf -cert "$issuer.pem" -keyfile "$issuer.key" \
        -in "$name.csr" -out "$name.pem" -extfile "$name.ext" -days 10 "$@" 2>"$name.log" ||
        echo "# openssl could not make $name"
}
