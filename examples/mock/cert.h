// A certificate authority and a leaf, made for one run of the server.
//
// Invariant: private keys stay in memory; only the authority's certificate is ever written out.
// kind "good" passes a strict client; the other kinds each break exactly one rule, for clients that
// must notice.
#pragma once

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include <cstddef>

#include "mock.h"

namespace mock {

constexpr size_t kPemBytesMax = 4096;

struct Certificate {
    mbedtls_x509_crt chain;  // the leaf
    mbedtls_pk_context key;  // the leaf's key
    char authority_pem[kPemBytesMax];
};

[[nodiscard]] bool certificate_kind_known(const char* kind);

// 0, or an mbedTLS error. The certificate's contexts are initialised by the call.
[[nodiscard]] int make_certificate(const mock_config& config, mbedtls_ctr_drbg_context* random,
                                   Certificate* out);

}  // namespace mock
