// provider/gemini_usage.cc: token counts in Gemini's words. The prompt's count holds the cached part
// but not what tools brought in; thoughts are counted beside the answer. Depends on codec.
// Invariant: a count that is absent beside others is 0, as the API promises; one that is no count,
// or a sum that overflows, is unknown.
#include "base/check.h"
#include "base/narrow.h"
#include "provider/gemini.h"
#include "provider/json_read.h"

namespace leat {

namespace {

enum Count { prompt, cached, candidates, thoughts, tool_use, total, counts_count };

constexpr Text names[counts_count] = {
    text("promptTokenCount"),   text("cachedContentTokenCount"), text("candidatesTokenCount"),
    text("thoughtsTokenCount"), text("toolUsePromptTokenCount"), text("totalTokenCount"),
};

int64_t sum(int64_t a, int64_t b) {
    int64_t both = 0;
    if (a < 0 || b < 0 || !checked_add(a, b, &both)) return LEAT_TOKENS_UNKNOWN;
    return both;
}

}  // namespace

void gemini_read_usage(JsonCursor* at, leat_usage* usage) {
    LEAT_CHECK(at != nullptr && usage != nullptr);
    int64_t counts[counts_count] = {};
    uint32_t seen = 0;
    each_member(at, [&](const JsonValue& key) {
        for (uint32_t i = 0; i < counts_count; ++i) {
            if (!json_is(key, names[i])) continue;
            seen |= 1u << i;
            counts[i] = LEAT_TOKENS_UNKNOWN;
            take_count(at, &counts[i]);
            return;
        }
    });
    if (seen == 0) return;  // Vertex sends an empty one with all but the last event
    usage->input_tokens = sum(counts[prompt], counts[tool_use]);
    usage->output_tokens = sum(counts[candidates], counts[thoughts]);
    usage->cached_input_tokens = counts[cached];
    usage->reasoning_tokens = counts[thoughts];
    const bool has_total = (seen & 1u << total) != 0 && counts[total] >= 0;
    usage->total_tokens =
        has_total ? counts[total] : sum(usage->input_tokens, usage->output_tokens);
}

}  // namespace leat
