// codec/scratch.cc: the public helpers that an adapter's answer side needs. See leat/adapter.h.
// Pure but for the arena that scratch stands for.
#include "codec/scratch.h"

#include "base/check.h"

char* leat_scratch_take(leat_scratch* scratch, size_t bytes, size_t alignment) {
    LEAT_CHECK(scratch != nullptr && scratch->arena != nullptr);
    return static_cast<char*>(scratch->arena->take(bytes, alignment));
}

leat_str leat_reply_header(const leat_reply* reply, leat_str name) {
    LEAT_CHECK(reply != nullptr);
    for (uint32_t i = 0; i < reply->headers_count; ++i) {
        if (leat::equal(reply->headers[i].name, name)) return reply->headers[i].value;
    }
    return leat_str{nullptr, 0};
}
