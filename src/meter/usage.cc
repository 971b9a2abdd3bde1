// meter/usage.cc: see usage.h. Unknown parts change nothing.
// Sums saturate: a hostile peer's counts cannot wrap around.
#include "meter/usage.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {

void add(int64_t* sum, int64_t part) {
    if (part < 0) return;
    const int64_t before = *sum < 0 ? 0 : *sum;
    if (!checked_add(before, part, sum)) *sum = INT64_MAX;
}

}  // namespace

void usage_add(leat_usage* sum, const leat_usage& part) {
    LEAT_CHECK(sum != nullptr);
    add(&sum->input_tokens, part.input_tokens);
    add(&sum->output_tokens, part.output_tokens);
    add(&sum->cached_input_tokens, part.cached_input_tokens);
    add(&sum->cache_write_tokens, part.cache_write_tokens);
    add(&sum->reasoning_tokens, part.reasoning_tokens);
    add(&sum->total_tokens, part.total_tokens);
}

}  // namespace leat
