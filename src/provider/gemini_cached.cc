// provider/gemini_cached.cc: the adapter "gemini-cached": generateContent over a context cache that
// must exist (gemini_cache.h words the calls that make one). Depends on gemini.h.
// Invariant: system instruction, tools and tool choice live in the cache; beside it the API takes
// none of them, so they are left out here and reported.
#include "provider/gemini.h"
#include "provider/registry.h"

namespace leat {

namespace {

constexpr GeminiQuirks cached_quirks = {false, true};

constexpr uint32_t held_by_cache = LEAT_FIELD_SYSTEM | LEAT_FIELD_TOOLS | LEAT_FIELD_TOOL_CHOICE;

}  // namespace

constexpr leat_adapter gemini_cached_adapter = gemini_row(
    "gemini-cached", "https://generativelanguage.googleapis.com/v1beta", "x-goog-api-key", "",
    gemini_lacks | LEAT_FIELD_PROVIDER_METADATA | held_by_cache, &cached_quirks);

}  // namespace leat
