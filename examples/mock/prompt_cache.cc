// A table of hashes, four places to each. See prompt_cache.h.
// What was used longest ago gives way.
#include "prompt_cache.h"

namespace mock {

bool PromptCache::touch(uint64_t hash, uint64_t now_ns) {
    const size_t home = (hash >> 20) % (kEntryMax / 4) * 4;
    Entry* oldest = &entries_[home];
    for (size_t i = 0; i < 4; ++i) {
        Entry& entry = entries_[home + i];
        if (entry.hash == hash && entry.used_ns != 0) {
            const bool fresh = now_ns - entry.used_ns < kLife_ns;
            entry.used_ns = now_ns;
            return fresh;
        }
        if (entry.used_ns < oldest->used_ns) oldest = &entry;
    }
    *oldest = {hash, now_ns};
    return false;
}

}  // namespace mock
