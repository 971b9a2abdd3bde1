// provider/gemini_cache.h: the calls that make, find, prolong and read context caches (cachedContents)
// of the Gemini API: their bodies and their answers. Who sends them, and when, is the flow's.
// Depends on codec and base. Pure: times are told as the server wrote them, no clock is read.
#pragma once

#include <leat/adapter.h>

#include "base/bytes.h"

namespace leat {

// Whether the adapter's service has context caches that leat can make.
bool gemini_has_caches(const leat_adapter& adapter);

// Paths under the base URL: POST and GET (a list) here; GET, PATCH and DELETE at "/" + name.
constexpr Text gemini_caches_path = text("/cachedContents");

struct GeminiCacheOrder {
    const leat_request* content = nullptr;  // its system, messages, prompt and tools are cached
    Text model{nullptr, 0};                 // "gemini-x", "models/gemini-x" or a longer path
    Text display_name{nullptr, 0};          // may be empty; lives as long as the rope
    uint32_t ttl_s = 0;                     // over 0
};

struct GeminiCache {
    Text name{nullptr, 0};  // "cachedContents/ID": what leat_request.cached_content wants
    Text model{nullptr, 0};
    Text display_name{nullptr, 0};
    int64_t create_time_ms = -1;  // since 1970 UTC; -1: not told
    int64_t update_time_ms = -1;
    int64_t expire_time_ms = -1;
    int64_t total_tokens = LEAT_TOKENS_UNKNOWN;
};

// The body that creates a cache. LEAT_OK; LEAT_E_ARGUMENT without a model; what the rope's own
// status says stays there.
leat_status gemini_cache_build(const GeminiCacheOrder& order, leat_rope* rope);
// The body of a PATCH that lets a cache live ttl_s longer, counted from the server's now.
void gemini_cache_build_ttl(uint32_t ttl_s, leat_rope* rope);

// Reads one cache, as POST, GET and PATCH answer it. LEAT_OK; LEAT_E_PARSE (no name, no JSON);
// LEAT_E_HTTP (an error inside a success); LEAT_E_ITEM_MEMORY.
leat_status gemini_cache_read(Text body, leat_scratch* scratch, GeminiCache* cache);

// One page of a list. Told each cache in order; false ends the walk.
using GeminiCacheTake = bool (*)(void* user, const GeminiCache& cache);
// *next_page_token is empty on the last page. An entry without a name is passed over. LEAT_OK and
// the statuses of gemini_cache_read; of a page that breaks off some caches may have been told.
leat_status gemini_cache_read_list(Text body, leat_scratch* scratch, GeminiCacheTake take,
                                   void* user, Text* next_page_token);

}  // namespace leat
