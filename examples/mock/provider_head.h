// The header lines that tell providers apart: request ids, versions, rate limits, when to retry.
//
// Invariant: bounded well below the room that a reply leaves for its head.
#pragma once

#include "inject.h"
#include "limit.h"
#include "request.h"

namespace mock {

struct ProviderHead {
    FormatKind kind = FormatKind::Chat;
    bool azure = false;
    uint64_t request_id = 0;
    uint64_t processing_ms = 0;
    const Limiter* rate = nullptr;  // rate-limit lines
    const Action* retry = nullptr;  // its retry-after, when it has one
};

void append_provider_head(Buffer& out, const ProviderHead& head, unsigned status, uint64_t now_s);

}  // namespace mock
