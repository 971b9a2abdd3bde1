// port/mbedtls/names.cc: does a certificate name the peer? Reads subjectAltName (RFC 5280 4.2.1.6)
// from the certificate's DER, because mbedTLS 2.28 knows no iPAddress there and falls back to the
// common name where we must not (RFC 6125). Depends on context.h and mbedTLS's ASN.1 reader.
// Every read is bounded by the extension that it lies in.
#include <mbedtls/asn1.h>
#include <string.h>

#include "context.h"

namespace leat::tls {
namespace {

struct Span {
    unsigned char* at;
    const unsigned char* end;
    size_t left() const { return static_cast<size_t>(end - at); }
};

constexpr int tag_sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
constexpr unsigned char tag_dns_name = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2;
constexpr unsigned char tag_ip_address = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;
constexpr unsigned char oid_alt_name[] = {0x55, 0x1d, 0x11};  // 2.5.29.17

// Takes one element with this tag from `from`; its content is `out`.
bool take(Span* from, int tag, Span* out) {
    size_t size = 0;
    if (mbedtls_asn1_get_tag(&from->at, from->end, &size, tag) != 0) return false;
    if (size > from->left()) return false;
    *out = Span{from->at, from->at + size};
    from->at += size;
    return true;
}

// The GeneralNames of the certificate; false when it has none.
bool find_names(const mbedtls_x509_crt& leaf, Span* names) {
    if (leaf.v3_ext.p == nullptr) return false;
    Span raw{leaf.v3_ext.p, leaf.v3_ext.p + leaf.v3_ext.len};
    Span extensions;
    if (!take(&raw, tag_sequence, &extensions)) return false;
    while (extensions.left() > 0) {
        Span extension;
        Span oid;
        Span critical;
        Span value;
        if (!take(&extensions, tag_sequence, &extension)) return false;
        if (!take(&extension, MBEDTLS_ASN1_OID, &oid)) return false;
        if (oid.left() != sizeof oid_alt_name ||
            memcmp(oid.at, oid_alt_name, sizeof oid_alt_name) != 0) {
            continue;
        }
        if (extension.left() > 0 && *extension.at == MBEDTLS_ASN1_BOOLEAN &&
            !take(&extension, MBEDTLS_ASN1_BOOLEAN, &critical)) {
            return false;
        }
        return take(&extension, MBEDTLS_ASN1_OCTET_STRING, &value) &&
               take(&value, tag_sequence, names);
    }
    return false;
}

char lower(unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

// name is in lower case.
bool same_text(const unsigned char* pattern, const char* name, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        if (lower(pattern[i]) != name[i]) return false;
    }
    return true;
}

// Equal, or "*.rest" against one label and the same rest, where the rest has a dot of its own.
bool matches_dns(const Span& pattern, const Peer& peer) {
    const size_t size = pattern.left();
    if (size == peer.name_size) {
        if (size > 0 && same_text(pattern.at, peer.name, size)) return true;
    }
    if (size < 5 || pattern.at[0] != '*' || pattern.at[1] != '.') return false;
    const char* const dot = static_cast<const char*>(memchr(peer.name, '.', peer.name_size));
    if (dot == nullptr || dot == peer.name) return false;
    const size_t rest = peer.name_size - static_cast<size_t>(dot - peer.name);
    if (rest != size - 1 || memchr(dot + 1, '.', rest - 1) == nullptr) return false;
    return same_text(pattern.at + 1, dot, rest);
}

bool matches_ip(const Span& address, const Peer& peer) {
    return peer.ip_size != 0 && address.left() == peer.ip_size &&
           memcmp(address.at, peer.ip, peer.ip_size) == 0;
}

}  // namespace

leat_status check_name(const mbedtls_x509_crt& leaf, const Peer& peer) {
    Span names;
    if (!find_names(leaf, &names)) return LEAT_E_TLS_NO_SAN;
    bool names_host = false;
    while (names.left() > 0) {
        const unsigned char tag = *names.at;
        Span name;
        if (!take(&names, tag, &name)) return LEAT_E_TLS_NO_SAN;
        if (tag == tag_dns_name) {
            names_host = true;
            if (peer.ip_size == 0 && matches_dns(name, peer)) return LEAT_OK;
        } else if (tag == tag_ip_address) {
            names_host = true;
            if (matches_ip(name, peer)) return LEAT_OK;
        }
    }
    return names_host ? LEAT_E_TLS_NAME : LEAT_E_TLS_NO_SAN;
}

}  // namespace leat::tls
