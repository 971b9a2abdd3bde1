// Which marked prefixes of prompts were seen lately: what makes a usage say cache_read instead of
// cache_creation.
//
// Invariant: bounded; a prefix is forgotten five minutes after its last use, or earlier when many
// others came.
#pragma once

#include "buffer.h"

namespace mock {

class PromptCache {
public:
    // Notes the prefix. True when it was there.
    bool touch(uint64_t hash, uint64_t now_ns);
    void clear() { std::memset(entries_, 0, sizeof entries_); }

private:
    static constexpr size_t kEntryMax = 1024;
    static constexpr uint64_t kLife_ns = 300ULL * 1000000000U;
    struct Entry {
        uint64_t hash;
        uint64_t used_ns;
    };
    Entry entries_[kEntryMax] = {};
};

}  // namespace mock
